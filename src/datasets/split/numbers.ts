import { fingerprint, fingerprintNumber } from '../inspection/fingerprint.ts';
import { lettersOf } from './letters.ts';

/** A number as it is written, with its thousands and decimals. */
const number = /\p{N}+(?:[.,]\p{N}+)*/gu;
/** The same, and what stands before one to reckon with it: `5 - 3` is not `5 + 3`, and 5 is not -5. */
const numberOrSign = /\p{N}+(?:[.,]\p{N}+)*|[\p{Sm}*/^](?=\s*\p{N})|(?<![\p{L}\p{N}])-(?=\p{N})/gu;

/** Of a longer text no more is looked at: copies of megabytes would be made, for what few letters tell. */
const mostLetters = 1 << 16;

/** What the numbers of a question tell. */
export interface Numbers {
  /** Equal for questions that have the same ones in the same order; 0 where there are none. */
  own: number;
  /** Equal for questions that are the same but for their numbers, under instructions of which the same is true. */
  rest: number;
  /** Equal for the same answer, whichever numbers it takes over from the question. */
  answer: number;
}

const key = (text: string): number => fingerprintNumber(fingerprint([text]));

/** A text apart from its numbers. */
export function withoutNumbers(text: string): number {
  return key(lettersOf(text.slice(0, mostLetters).replace(number, '0')));
}

/** @param frame what is left of the instructions, by {@link withoutNumbers} */
export function numbersOf(question: string, answer: string, frame: number): Numbers {
  const places = new Map<string, number>();
  const looked = question.slice(0, mostLetters);
  for (const [written] of looked.matchAll(number)) if (!places.has(written)) places.set(written, places.size);
  const taken = answer.slice(0, mostLetters).replace(number, (written) => {
    const place = places.get(written);
    return place === undefined ? written : ` its${place} `;
  });
  const none = places.size === 0;
  return {
    own: none ? 0 : key(looked.match(numberOrSign)?.join(' ') ?? ''),
    rest: none ? 0 : key(`${frame} ${withoutNumbers(question)}`),
    answer: key(lettersOf(taken)),
  };
}

/** Of each, whether its numbers decide the answer: the same question with others has been answered otherwise. */
export function decidedByNumbers(all: readonly Numbers[]): boolean[] {
  const first = new Map<number, Numbers>();
  const deciding = new Set<number>();
  for (const numbers of all) {
    if (numbers.own === 0) continue;
    const other = first.get(numbers.rest);
    if (!other) first.set(numbers.rest, numbers);
    else if (other.own !== numbers.own && other.answer !== numbers.answer) deciding.add(numbers.rest);
  }
  return all.map(({ own, rest }) => own !== 0 && deciding.has(rest));
}
