import type { Method } from '../../contract/config.ts';
import { examplesPerClass } from '../inspection/classes.ts';
import { fingerprint, fingerprintNumber } from '../inspection/fingerprint.ts';
import { type Features, featureBag } from './bag.ts';
import { mostLetters, readSaid, saidAt } from './said.ts';
import { wordHashes } from './words.ts';

/** Beyond these no example is looked at. */
const mostExamples = 200_000;
const mostClasses = 10_000;
/** Words and pairs of words that are held, of all examples together: 150 MB in all. */
const mostFeatures = 8_000_000;
/** Of a word in a class that has not had it; what that is hardly changes the order. */
const smoothing = 0.1;
const noWords: ReadonlySet<number> = new Set();

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
  /** Of their words, those that were looked at: 1 for all, less where there are very many. */
  share: number;
  /** Examples for which the others would give another answer. */
  doubted: number;
  /** The most doubtful first. */
  doubts: Doubt[];
}

interface Labelled {
  /** By example, in order: the line, and the number of its answer. */
  lines: number[];
  classes: number[];
  answers: string[];
  features: Features;
}

/**
 * Looks for answers that are likely wrong: what would a classifier answer that has learnt from all the other examples?
 * Naive Bayes over words and pairs of words, each example judged without itself, which counts allow exactly and at
 * once. In bounded memory; the file is read twice. Undefined where there are no classes: too many distinct answers, or one.
 *
 * @param most so many doubts are told
 */
export async function reviewAnswers(
  path: string,
  method: Method,
  most: number,
  signal?: AbortSignal,
  features: number = mostFeatures,
): Promise<Review | undefined> {
  const labelled = await readLabelled(path, method, features, signal);
  if (!labelled) return undefined;
  const found = doubtsOf(labelled);
  const told = found.slice(0, most);
  const said = await saidAt(path, method, new Set(told.map(({ line }) => line)), signal);
  const doubts = told.map(({ line, answer, expected, margin }) => {
    return { line, question: said.get(line)?.question ?? '', answer, expected, margin };
  });
  return { examples: labelled.lines.length, share: labelled.features.share, doubted: found.length, doubts };
}

async function readLabelled(
  path: string,
  method: Method,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Labelled | undefined> {
  const numbers = new Map<number, number>();
  const answers: string[] = [];
  const lines: number[] = [];
  const classes: number[] = [];
  const bag = featureBag(most);
  for await (const list of readSaid(path, method, signal)) {
    for (const { line, question, answer, shows } of list) {
      if (lines.length >= mostExamples) break;
      const key = fingerprintNumber(fingerprint([answer]));
      const number = numbers.get(key) ?? numbers.size;
      if (number === numbers.size) answers.push(answer.slice(0, mostLetters));
      numbers.set(key, number);
      if (numbers.size > mostClasses) return undefined;
      lines.push(line);
      classes.push(number);
      // What an image decides, words do not.
      bag.add(shows ? noWords : wordHashes(question));
    }
  }
  if (numbers.size < 2 || numbers.size * examplesPerClass > lines.length) return undefined;
  return { lines, classes, answers, features: bag.close() };
}

type Found = Omit<Doubt, 'question'>;

function doubtsOf({ lines, classes, answers, features }: Labelled): Found[] {
  const score = scorer(classes, answers.length, features);
  const doubts: Found[] = [];
  for (const [example, line] of lines.entries()) {
    const held = features.of(example);
    if (held.length === 0) continue;
    const own = classes[example] as number;
    const scores = score(held, own);
    let best = 0;
    for (let at = 1; at < scores.length; at++) if ((scores[at] as number) > (scores[best] as number)) best = at;
    if (best === own) continue;
    const margin = ((scores[best] as number) - (scores[own] as number)) / Math.sqrt(held.length);
    doubts.push({ line, answer: answers[own] as string, expected: answers[best] as string, margin });
  }
  return doubts.sort((a, b) => b.margin - a.margin);
}

/** The logarithm of each class's likelihood, as if the example were not there, up to what all have in common. */
function scorer(classes: readonly number[], count: number, features: Features) {
  const counts = countsOf(classes, count, features);
  const prior = (examples: number) => Math.log(Math.max(smoothing, examples));
  const total = smoothing * features.count;
  const priors = counts.examples.map(prior);
  const totals = counts.features.map((held) => Math.log(held + total));
  const scores = new Float64Array(count);
  return (held: Uint32Array, own: number): Float64Array => {
    for (let at = 0; at < count; at++) scores[at] = (priors[at] as number) - held.length * (totals[at] as number);
    const others = Math.log((counts.features[own] as number) - held.length + total);
    scores[own] = prior((counts.examples[own] as number) - 1) - held.length * others;
    for (const feature of held) {
      const end = counts.ends[feature] as number;
      for (let at = feature === 0 ? 0 : (counts.ends[feature - 1] as number); at < end; at++) {
        const one = counts.classes[at] as number;
        const times = (counts.times[at] as number) - (one === own ? 1 : 0);
        scores[one] = (scores[one] as number) + Math.log1p(times / smoothing);
      }
    }
    return scores;
  };
}

interface Counts {
  /** Of each class. */
  examples: Float64Array;
  features: Float64Array;
  /** Of each feature, where its classes end in the two lists below: a class, and how many of its examples have the feature. */
  ends: Uint32Array;
  classes: Uint32Array;
  times: Uint32Array;
}

function countsOf(classes: readonly number[], count: number, features: Features): Counts {
  const [examples, held] = [new Float64Array(count), new Float64Array(count)];
  for (const [example, one] of classes.entries()) {
    examples[one] = (examples[one] as number) + 1;
    held[one] = (held[one] as number) + features.of(example).length;
  }
  // Equal pairs of feature and class stand together when sorted.
  const pairs = new Float64Array(held.reduce((sum, one) => sum + one, 0));
  let length = 0;
  for (const [example, one] of classes.entries()) {
    for (const feature of features.of(example)) pairs[length++] = feature * count + one;
  }
  pairs.sort();
  const ends = new Uint32Array(features.count);
  const [ofFeature, times] = [new Uint32Array(length), new Uint32Array(length)];
  let last = -1;
  let kept = -1;
  for (const pair of pairs) {
    if (pair !== last) {
      kept += 1;
      ofFeature[kept] = pair % count;
      ends[Math.floor(pair / count)] = kept + 1;
    }
    times[kept] = (times[kept] as number) + 1;
    last = pair;
  }
  return { examples, features: held, ends, classes: ofFeature, times };
}
