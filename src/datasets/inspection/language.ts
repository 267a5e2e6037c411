/** Further letters of a text say nothing more. */
export const mostLetters = 200;
const fewestLetters = 8;
/** Greek; what comes before is Latin. */
const firstOther = 0x370;

/** Scripts of one language, for what can be told here; Han letters are Japanese where kana stand among them. */
const scripts: readonly [RegExp, language: string][] = [
  [/[\p{sc=Hiragana}\p{sc=Katakana}]/gu, 'ja'],
  [/\p{sc=Hangul}/gu, 'ko'],
  [/\p{sc=Han}/gu, 'zh'],
  [/\p{sc=Thai}/gu, 'th'],
  [/\p{sc=Hebrew}/gu, 'he'],
  [/\p{sc=Greek}/gu, 'el'],
  [/\p{sc=Devanagari}/gu, 'hi'],
  [/\p{sc=Bengali}/gu, 'bn'],
  [/\p{sc=Tamil}/gu, 'ta'],
  [/\p{sc=Georgian}/gu, 'ka'],
  [/\p{sc=Armenian}/gu, 'hy'],
];
const denseScripts: ReadonlySet<string> = new Set(['ja', 'ko', 'zh', 'th']);

/** Letters that tell languages of one script apart; the first that fits. */
const cyrillic: readonly [RegExp, string][] = [
  [/[іїєґ]/i, 'uk'],
  [/[ђћљњџј]/i, 'sr'],
  [/[ыэё]/i, 'ru'],
  // In Russian it stands before these letters alone.
  [/ъ(?![еюя])/i, 'bg'],
  [/(?<!\p{L})(?:та|або|як|якщо|чи|лише|має|було|бути|буде)(?!\p{L})/iu, 'uk'],
  [/(?<!\p{L})(?:и|что|как|это|из|или|если|от|при|с|где|мо[йяеи])(?!\p{L})/iu, 'ru'],
];
const arabic: readonly [RegExp, string][] = [
  [/[ٹڈڑے]/, 'ur'],
  [/[پچژگ]/, 'fa'],
  [/./, 'ar'],
];

/** Words that stand in nearly every sentence, of languages in Latin script. */
const functionWords: Readonly<Record<string, string>> = {
  en: 'the of and to in is it that for was on are with as this be at have from or my your you what how can why do does did not i we they there has when which would where will could an if so but about please a by into all any other their its also only been more than',
  de: 'der die das und ist nicht ich zu den mit sich auf für ein eine einen dem des im wie wo was kann mein meine sie wir es von auch nach wird werden haben habe bitte aber oder wenn noch bei',
  fr: 'le la les de des et est un une du que qui dans pour pas je vous nous sur avec ce cette mon ma mes votre il elle au aux où comment pourquoi ne se sont peut plus mais ou son être avez si',
  es: 'el la los las de y que en un una es por con para mi su no se lo del al como cómo dónde qué está puedo pero más este esta son ha muy sin sobre yo tu si cuando donde todo',
  it: 'il lo la gli le di e che in un una è per con mio mia non si del della al come dove cosa sono ho ha anche ma più questo questa nel dei posso da perché',
  pt: 'o a os as de e que em um uma é por com para meu minha não se do da no na como onde está eu você mas mais este esta são ao pelo foi posso seu sua',
  nl: 'de het een en van is niet ik op te dat die voor met zijn mijn je we wat hoe waar kan er aan ook maar om bij naar wordt heeft heb deze dit u of',
  sv: 'och att det är som en på för av jag inte den med till har om ett hur var vad kan min mitt du vi men från så när eller ska kommer denna',
  da: 'og at det er som en på for af jeg ikke den med til har om et hvor hvordan hvad kan min mit du vi men fra så når eller skal kommer denne',
  no: 'og å det er som en på for av jeg ikke den med til har om et hvor hvordan hva kan min mitt du vi men fra så når eller skal kommer denne',
  fi: 'ja on ei se että en mutta tai kun niin myös ovat oli minun miten missä mikä voin olen mitä jos hän tämä kuin sen voi joka',
  pl: 'i w na nie się z do jest to że jak o co moje mój moja czy po od ale dla gdzie mogę przez tak są było tego może ten ta proszę',
  cs: 'a je v na se že to s z do ne jak o co můj moje kde ale pro od by jsem jsou není které být může jako po tak prosím',
  ro: 'și de la în este nu că cu o un pe pentru mai din sunt cum unde ce meu mea să care se au fi acest dar sau dacă',
  hu: 'a az és hogy nem is van egy ez meg de ha hol mi vagy én volt csak mint már lehet kell mert',
  tr: 've bir bu da de için ne nasıl nerede var mı mi ile çok ama gibi daha olarak benim değil ben o kadar olan',
  id: 'yang dan di ini itu dengan untuk tidak saya dari dalam akan ada apa bagaimana ke pada adalah bisa anda atau juga sudah karena',
  vi: 'là của và có không được cho một các tôi trong với này như thế nào ở đâu để những người khi đã sẽ bạn',
};

/** By word: the languages that have it. */
const languagesOfWord = new Map<string, string[]>();
for (const [language, words] of Object.entries(functionWords)) {
  for (const word of words.split(' ')) languagesOfWord.set(word, [...(languagesOfWord.get(word) ?? []), language]);
}
/** Letters alone are names of values and options too. */
const weightOfLetter = 0.5;
/** What stands before and behind a word of a sentence; in addresses, code and options others do. */
const before = /[\s"'’«»“„‘(¿¡*[]/;
const behind = /^(?:$|[\s"'’«»”“!?)*\]…;,]|[.:](?:$|\s))/;
/** So much must speak for a language, and so many times as much as for any other; a word of two languages is half for each. */
const fewestWords = 1.5;
const clearly = 1.5;

/**
 * The language of a text by its script and its most frequent words, as ISO 639-1 says it; undefined where little speaks for one.
 * For sentences: names, labels and code have none.
 */
export function languageOf(text: string): string | undefined {
  const head = text.slice(0, mostLetters).toLowerCase();
  const words: string[] = [];
  let latin = 0;
  let others = 0;
  let start = 0;
  for (let at = 0; at <= head.length; at++) {
    const code = head.charCodeAt(at);
    if (isLatin(code)) {
      latin += 1;
      continue;
    }
    if (at > start && standsAlone(head, start, at)) words.push(head.slice(start, at));
    start = at + 1;
    if (code >= firstOther) others += 1;
  }
  if (latin > others) return latin < fewestLetters ? undefined : byWords(words);
  return others === 0 ? undefined : byScript(head, head.match(/\p{L}/gu)?.length ?? 0);
}

function standsAlone(text: string, from: number, to: number): boolean {
  return (
    languagesOfWord.has(text.slice(from, to)) &&
    (from === 0 || before.test(text[from - 1] as string)) &&
    behind.test(text.slice(to, to + 2))
  );
}

/** By code, at a tenth of the cost of a pattern; lower case alone. */
function isLatin(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0xdf && code < 0x250 && code !== 0xf7) ||
    (code >= 0x1e00 && code < 0x1f00)
  );
}

function byScript(text: string, letters: number): string | undefined {
  const of = (script: RegExp): number => text.match(script)?.length ?? 0;
  const enough = (count: number, dense = false) => count * 2 > letters && count >= (dense ? 3 : fewestLetters);
  const [[kana]] = scripts as [[RegExp, string]];
  // A Japanese sentence has kana; a Chinese one has none.
  const japanese = of(kana) * 8 > letters;
  for (const [script, language] of scripts) {
    const count = language === 'ja' && japanese ? letters : of(script);
    if (enough(count, denseScripts.has(language))) return language;
  }
  if (enough(of(/\p{sc=Cyrillic}/gu))) return told(cyrillic, text);
  if (enough(of(/\p{sc=Arabic}/gu))) return told(arabic, text);
  return undefined;
}

function told(letters: readonly [RegExp, string][], text: string): string | undefined {
  return letters.find(([pattern]) => pattern.test(text))?.[1];
}

function byWords(words: readonly string[]): string | undefined {
  const scores = new Map<string, number>();
  for (const word of words) {
    const languages = languagesOfWord.get(word);
    for (const language of languages ?? []) {
      const weight = (word.length === 1 ? weightOfLetter : 1) / (languages as string[]).length;
      scores.set(language, (scores.get(language) ?? 0) + weight);
    }
  }
  let [best, second, language] = [0, 0, ''];
  for (const [one, score] of scores) {
    if (score > best) [best, second, language] = [score, best, one];
    else if (score > second) second = score;
  }
  return best >= fewestWords && best >= clearly * second ? language : undefined;
}
