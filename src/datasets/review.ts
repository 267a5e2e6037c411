import type { Method } from '../contract/config.ts';
import { examplesPerClass } from './classes.ts';
import { readExamples } from './examples.ts';
import { formats } from './formats.ts';
import { assistantText, referenceOf } from './reference.ts';
import { readLines } from './source.ts';

/** Beyond these no example is looked at, and of a long question no word. */
const mostExamples = 200_000;
const mostFeatures = 256;
/** Of a word in a class that has not had it; what that is hardly changes the order. */
const smoothing = 0.1;
/** Scripts that put no space between words are read letter by letter. */
const letter = '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}]';
const word = new RegExp(`${letter}|(?:(?!${letter})[\\p{L}\\p{N}])+`, 'gu');

/** An example whose answer the others speak against. */
export interface Doubt {
  line: number;
  question: string;
  answer: string;
  /** What the others would answer. */
  expected: string;
  /** By how much they would rather, in nats for the square root of a word; of use for the order alone. */
  margin: number;
}

export interface Review {
  /** Examples that were looked at. */
  examples: number;
  /** Examples for which the others would give another answer. */
  doubted: number;
  /** The most doubtful first. */
  doubts: Doubt[];
}

/** One example: its class and the words and pairs of words of its question, as numbers. */
interface Item {
  line: number;
  question: string;
  class: number;
  features: Uint32Array;
}

/**
 * Looks for answers that are likely wrong: what would a classifier answer that has learnt from all the other examples?
 * Naive Bayes over words and pairs of words, each example judged without itself, which counts allow exactly and at
 * once. Undefined where there are no classes: too many distinct answers, or one.
 *
 * @param most so many doubts are told
 */
export async function reviewAnswers(
  path: string,
  method: Method,
  most: number,
  signal?: AbortSignal,
): Promise<Review | undefined> {
  const items: Item[] = [];
  const classes = new Map<string, number>();
  const words = new Map<string, number>();
  const format = formats[method];
  for await (const list of readExamples(readLines(path, { signal }), format)) {
    for (const { line, example } of list) {
      if (!line || !example || items.length >= mostExamples) continue;
      const { prompt } = referenceOf(example.chat);
      const asked = prompt.filter(({ role }) => role !== 'system' && role !== 'developer');
      const question = asked.map(assistantText).join('\n');
      items.push({
        line: line.number,
        question,
        class: numberOf(classes, format.answer(example)),
        features: featuresOf(question, words),
      });
    }
  }
  if (classes.size < 2 || classes.size * examplesPerClass > items.length) return undefined;
  const doubts = doubtsOf(items, [...classes.keys()]);
  return { examples: items.length, doubted: doubts.length, doubts: doubts.slice(0, most) };
}

function doubtsOf(items: readonly Item[], answers: readonly string[]): Doubt[] {
  const counts = countsOf(items, answers.length);
  const doubts = items.flatMap((item): Doubt[] => {
    const scores = scoresOf(item, counts);
    let best = 0;
    for (let at = 1; at < scores.length; at++) if ((scores[at] as number) > (scores[best] as number)) best = at;
    if (best === item.class || item.features.length === 0) return [];
    const margin = ((scores[best] as number) - (scores[item.class] as number)) / Math.sqrt(item.features.length);
    const [answer, expected] = [answers[item.class] as string, answers[best] as string];
    return [{ line: item.line, question: item.question, answer, expected, margin }];
  });
  return doubts.sort((a, b) => b.margin - a.margin);
}

interface Counts {
  /** Of each feature: how many examples of which class have it. */
  ofFeature: Map<number, number>[];
  /** Of each class. */
  examples: Float64Array;
  features: Float64Array;
}

function countsOf(items: readonly Item[], classes: number): Counts {
  const counts: Counts = { ofFeature: [], examples: new Float64Array(classes), features: new Float64Array(classes) };
  for (const item of items) {
    counts.examples[item.class] = (counts.examples[item.class] as number) + 1;
    counts.features[item.class] = (counts.features[item.class] as number) + item.features.length;
    for (const feature of item.features) {
      counts.ofFeature[feature] ??= new Map();
      const ofClass = counts.ofFeature[feature] as Map<number, number>;
      ofClass.set(item.class, (ofClass.get(item.class) ?? 0) + 1);
    }
  }
  return counts;
}

/** The logarithm of each class's likelihood, as if the example were not there, up to what all have in common. */
function scoresOf({ class: own, features }: Item, counts: Counts): Float64Array {
  const total = smoothing * counts.ofFeature.length;
  const scores = counts.examples.map((examples, at) => {
    const others = at === own ? 1 : 0;
    const all = (counts.features[at] as number) - others * features.length + total;
    return Math.log(Math.max(smoothing, examples - others)) - features.length * Math.log(all);
  });
  for (const feature of features) {
    for (const [at, count] of counts.ofFeature[feature] as Map<number, number>) {
      const others = at === own ? count - 1 : count;
      scores[at] = (scores[at] as number) + Math.log1p(others / smoothing);
    }
  }
  return scores;
}

function featuresOf(question: string, words: Map<string, number>): Uint32Array {
  const found = question.toLowerCase().match(word) ?? [];
  const features = new Set<number>();
  for (let at = 0; at < found.length && features.size < mostFeatures; at++) {
    features.add(numberOf(words, found[at] as string));
    if (at > 0) features.add(numberOf(words, `${found[at - 1]} ${found[at]}`));
  }
  return Uint32Array.from(features);
}

/** Its number, in the order of appearance. */
function numberOf(known: Map<string, number>, text: string): number {
  const number = known.get(text) ?? known.size;
  known.set(text, number);
  return number;
}
