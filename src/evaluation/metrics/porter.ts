type Condition = (stem: string) => boolean;
/** Suffix, what takes its place, and when. */
type Rule = readonly [suffix: string, replacement: string, condition?: Condition];

const irregular: ReadonlyMap<string, string> = new Map([
  ['sky', 'sky'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['news', 'news'],
  ['innings', 'inning'],
  ['inning', 'inning'],
  ['outings', 'outing'],
  ['outing', 'outing'],
  ['cannings', 'canning'],
  ['canning', 'canning'],
  ['howe', 'howe'],
  ['proceed', 'proceed'],
  ['exceed', 'exceed'],
  ['succeed', 'succeed'],
]);

/**
 * The stem of a lower-case English word by Porter's algorithm (1980) with the changes of NLTK's `PorterStemmer`, which
 * METEOR is computed with there.
 */
export function stem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  // NLTK counts code points.
  if ([...word].length <= 2) return word;
  return steps.reduce((text, step) => step(text), word);
}

const steps: readonly ((word: string) => string)[] = [
  plural,
  pastOrProgressive,
  (word) => firstRule(word, [['y', 'i', (rest) => rest.length > 1 && isConsonant(rest, rest.length - 1)]]),
  doubleSuffix,
  (word) => firstRule(word, thirdRules),
  (word) => firstRule(word, fourthRules),
  finalE,
  (word) => (word.endsWith('ll') && measure(word.slice(0, -1)) > 1 ? word.slice(0, -1) : word),
];

function plural(word: string): string {
  if (word.endsWith('ies') && word.length === 4) return word.slice(0, -1);
  return firstRule(word, [
    ['sses', 'ss'],
    ['ies', 'i'],
    ['ss', 'ss'],
    ['s', ''],
  ]);
}

function pastOrProgressive(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find((ending) => word.endsWith(ending) && hasVowel(word.slice(0, -ending.length)));
  if (suffix === undefined) return word;
  const rest = word.slice(0, -suffix.length);
  if (/(at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (endsInDoubleConsonant(rest)) return /[lsz]$/.test(rest) ? rest : rest.slice(0, -1);
  return measure(rest) === 1 && endsInShortSyllable(rest) ? `${rest}e` : rest;
}

function doubleSuffix(word: string): string {
  if (word.endsWith('alli') && measured(word.slice(0, -4))) return doubleSuffix(word.slice(0, -2));
  return firstRule(word, [...secondRules, ['logi', 'log', () => measured(word.slice(0, -3))]]);
}

function finalE(word: string): string {
  if (!word.endsWith('e')) return word;
  const rest = word.slice(0, -1);
  const size = measure(rest);
  return size > 1 || (size === 1 && !endsInShortSyllable(rest)) ? rest : word;
}

const measured: Condition = (rest) => measure(rest) > 0;
const measuredTwice: Condition = (rest) => measure(rest) > 1;

const secondRules: readonly Rule[] = (
  [
    ['ational', 'ate'],
    ['tional', 'tion'],
    ['enci', 'ence'],
    ['anci', 'ance'],
    ['izer', 'ize'],
    ['bli', 'ble'],
    ['alli', 'al'],
    ['entli', 'ent'],
    ['eli', 'e'],
    ['ousli', 'ous'],
    ['ization', 'ize'],
    ['ation', 'ate'],
    ['ator', 'ate'],
    ['alism', 'al'],
    ['iveness', 'ive'],
    ['fulness', 'ful'],
    ['ousness', 'ous'],
    ['aliti', 'al'],
    ['iviti', 'ive'],
    ['biliti', 'ble'],
    ['fulli', 'ful'],
  ] as const
).map(([suffix, replacement]) => [suffix, replacement, measured]);

const thirdRules: readonly Rule[] = (
  [
    ['icate', 'ic'],
    ['ative', ''],
    ['alize', 'al'],
    ['iciti', 'ic'],
    ['ical', 'ic'],
    ['ful', ''],
    ['ness', ''],
  ] as const
).map(([suffix, replacement]) => [suffix, replacement, measured]);

const fourthRules: readonly Rule[] = [
  ...['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent'].map(dropped),
  ['ion', '', (rest) => measuredTwice(rest) && /[st]$/.test(rest)],
  ...['ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'].map(dropped),
];

function dropped(suffix: string): Rule {
  return [suffix, '', measuredTwice];
}

/** The first rule whose suffix fits decides, also when its condition does not hold. */
function firstRule(word: string, rules: readonly Rule[]): string {
  for (const [suffix, replacement, condition] of rules) {
    if (!word.endsWith(suffix)) continue;
    const rest = word.slice(0, word.length - suffix.length);
    return condition === undefined || condition(rest) ? rest + replacement : word;
  }
  return word;
}

/** A consonant for each letter: a, e, i, o and u are none, and y is none behind a consonant. */
function consonants(word: string): boolean[] {
  const found: boolean[] = [];
  for (const [at, letter] of [...word].entries()) {
    found.push(letter === 'y' ? at === 0 || !found[at - 1] : !'aeiou'.includes(letter));
  }
  return found;
}

function isConsonant(word: string, at: number): boolean {
  return consonants(word)[at] === true;
}

function hasVowel(word: string): boolean {
  return consonants(word).includes(false);
}

/** How often consonants follow on vowels. */
function measure(word: string): number {
  return consonants(word).filter((consonant, at, all) => consonant && at > 0 && !all[at - 1]).length;
}

function endsInDoubleConsonant(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
}

/** Consonant, vowel and a consonant other than w, x and y; or a word of a vowel and a consonant. */
function endsInShortSyllable(word: string): boolean {
  const all = consonants(word);
  const end = all.length - 1;
  if (end === 1) return all[0] === false && all[1] === true;
  return end > 1 && all[end - 2] === true && all[end - 1] === false && all[end] === true && !/[wxy]$/.test(word);
}
