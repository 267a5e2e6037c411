/** What one answer is like. */
export interface Traits {
  letters: number;
  /** Nats a letter, by three letters in a row and how often all answers have them; NaN for a text of few. */
  surprise: number;
  /** Long enough to be one or several sentences, and whether it ends as they do. */
  sentence: boolean;
  ends: boolean;
  refuses: boolean;
  copies: boolean;
  loops: boolean;
  openCode: boolean;
}

/** How often three letters in a row, and their first two, stand in all answers. */
export interface LetterTable {
  learn(text: string): void;
  /** Nats a letter as if the text had not been learnt; NaN for a short one. */
  surprise(text: string): number;
}

const slots = 2 ** 20;
/** Of a text no further letter is looked at, and a text of fewer is like any other. */
const mostLetters = 2000;
const fewestLetters = 24;
/** Of what has not been seen: the letters that may follow. */
const alphabet = 100;

export function letterTable(): LetterTable {
  const threes = new Uint32Array(slots);
  const twos = new Uint32Array(slots);
  return {
    learn(text) {
      const letters = text.slice(0, mostLetters).toLowerCase();
      for (let at = 2; at < letters.length; at++) {
        const [two, three] = placesAt(letters, at);
        twos[two] = (twos[two] as number) + 1;
        threes[three] = (threes[three] as number) + 1;
      }
    },
    surprise(text) {
      const letters = text.slice(0, mostLetters).toLowerCase();
      if (letters.length < fewestLetters) return Number.NaN;
      let sum = 0;
      for (let at = 2; at < letters.length; at++) {
        const [two, three] = placesAt(letters, at);
        // Each was learnt here once at least.
        sum -= Math.log((threes[three] as number) / ((twos[two] as number) - 1 + alphabet));
      }
      return sum / (letters.length - 2);
    },
  };
}

function placesAt(text: string, at: number): [two: number, three: number] {
  const two = Math.imul(Math.imul(text.charCodeAt(at - 2), 0x9e3779b1) ^ text.charCodeAt(at - 1), 0x85ebca6b);
  const three = Math.imul(two ^ (two >>> 15) ^ text.charCodeAt(at), 0xc2b2ae35);
  return [(two ^ (two >>> 15)) & (slots - 1), (three ^ (three >>> 13)) & (slots - 1)];
}

/** What ends a sentence, a list, a quotation, code or a table, in many scripts. */
const ending = /[.!?…:;。！？।؟۔)\]}>"'”’»」』`*_|~\p{Extended_Pictographic}]\ufe0f?\s*$/u;
/** What models say instead of an answer, in the words of many of them. */
const refusal =
  /\bas an? (?:large |ai )?(?:ai|language model|assistant)\b|\bi(?:'m|’m| am) (?:just |only )?an? (?:ai|artificial intelligence|large language model|language model)\b|\bi(?:'m|’m| am) (?:sorry|unable),? (?:but )?(?:i )?(?:can(?:no|'|’)t|to (?:assist|help|provide|fulfil))|\bi can(?:no|'|’)t (?:assist|help) with (?:that|this)\b|\bmy (?:knowledge cutoff|training data)\b/i;
/** Answers that decline are short, or begin with it. */
const refusalLetters = 300;
const fewestOfSentence = 40;
const fewestOfCopy = 20;
const copied = 0.9;
const fewestOfLoop = 200;
const looping = 0.15;

export function traitsOf(question: string, answer: string, table: LetterTable): Traits {
  return {
    letters: answer.length,
    surprise: table.surprise(answer),
    sentence: answer.length >= fewestOfSentence,
    ends: ending.test(answer.slice(-8)),
    refuses: refusal.test(answer.slice(0, refusalLetters)),
    copies: copies(question, answer),
    loops: loops(answer),
    openCode: ((answer.match(/^\s*```/gm)?.length ?? 0) & 1) === 1,
  };
}

/** Whether nearly all that an answer says stands in its question, and nearly all of that in it. */
function copies(question: string, answer: string): boolean {
  if (answer.length < fewestOfCopy || question.length < fewestOfCopy) return false;
  if (answer.length < question.length * copied || question.length < answer.length * copied) return false;
  const [asked, said] = [question, answer].map((text) => text.slice(0, mostLetters).toLowerCase()) as [string, string];
  const before = seen.among(asked);
  let shared = 0;
  for (let at = 2; at < said.length; at++) if (seen.has(before, said, at)) shared += 1;
  return shared >= copied * (said.length - 2);
}

/** Whether it has few different letters in a row for what it is long. */
function loops(answer: string): boolean {
  if (answer.length < fewestOfLoop) return false;
  const text = answer.slice(0, mostLetters);
  const now = seen.among('');
  let different = 0;
  for (let at = 2; at < text.length; at++) {
    if (seen.has(now, text, at)) continue;
    seen.put(now, text, at);
    different += 1;
  }
  return different < looping * text.length;
}

/** Which three letters in a row were seen, of one text after another without clearing anything. */
const seen = (() => {
  const texts = new Uint32Array(slots);
  let text = 0;
  return {
    has: (one: number, letters: string, at: number): boolean => texts[placesAt(letters, at)[1]] === one,
    put(one: number, letters: string, at: number): void {
      texts[placesAt(letters, at)[1]] = one;
    },
    /** The number of a new text, its letters put. */
    among(letters: string): number {
      text += 1;
      for (let at = 2; at < letters.length; at++) texts[placesAt(letters, at)[1]] = text;
      return text;
    },
  };
})();
