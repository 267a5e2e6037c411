import type { Method } from '../../contract/config.ts';
import { readSaid, saidAt } from './said.ts';
import { letterTable, type Traits, traitsOf } from './traits.ts';

/** Beyond these no example is looked at: of each a few numbers are held. */
const mostExamples = 2_000_000;
/** So many times the usual deviation is no chance. */
const farOut = 5;
/** However far out, it weighs less than what is plain to see. */
const mostWeight = 2.5;
/** No deviation counts as less, lest all alike but one be far out: of natural logarithms, and of nats a letter. */
const leastDeviation = { length: 0.35, surprise: 0.15 };
/** Where answers end as sentences do, one that does not may be cut off. */
const mostlyEnding = 0.9;
/** What more of the answers are is what is to be learnt, and no fault. */
const mostOfKind = 0.1;
/** With fewer nothing is usual. */
const fewestAnswers = 20;

/** Why an answer is one of the worst, by the weight of it. */
const reasons = {
  refusal: 'says what assistants say when they decline',
  copy: 'says its question again',
  loop: 'says the same again and again',
  brokenOff: 'breaks off: nearly all others end as a sentence does',
  openCode: 'a block of code is not closed',
  long: 'far longer than the others',
  short: 'far shorter than the others',
  strange: 'of other words or letters than the others',
} as const;
export type Reason = keyof typeof reasons;

/** An example whose answer may not be worth learning. */
export interface PoorAnswer {
  line: number;
  question: string;
  answer: string;
  /** Sentences without a full stop; the weightiest first. */
  reasons: string[];
  /** 0 for nothing against it; of use for the order alone. */
  score: number;
}

export interface Quality {
  /** Examples that were looked at. */
  examples: number;
  /** Those with anything against them. */
  poor: number;
  /** How many of the examples have which reason. */
  counts: Partial<Record<Reason, number>>;
  /** The worst first. */
  answers: PoorAnswer[];
}

/**
 * Scores the answers of a data set in which nearly every one is its own: by what stands in each, and by how far it is from
 * the others in its length and its letters. In bounded memory; the file is read three times. Undefined for fewer than 20
 * answers in text.
 *
 * @param most so many are told
 */
export async function reviewTexts(
  path: string,
  method: Method,
  most: number,
  signal?: AbortSignal,
): Promise<Quality | undefined> {
  const table = letterTable();
  let examples = 0;
  for await (const list of readSaid(path, method, signal)) {
    for (const { answer } of list) {
      if (examples >= mostExamples) break;
      examples += 1;
      table.learn(answer);
    }
  }
  if (examples < fewestAnswers) return undefined;
  const looked = looks();
  for await (const list of readSaid(path, method, signal)) {
    for (const { line, question, answer } of list) {
      if (looked.count() >= examples) break;
      looked.add(line, traitsOf(question, answer, table));
    }
  }
  const { poor, counts } = looked.poor();
  const worst = poor.slice(0, most);
  const said = await saidAt(path, method, new Set(worst.map(({ line }) => line)), signal);
  const answers = worst.map(({ line, found, score }) => {
    const { question = '', answer = '' } = said.get(line) ?? {};
    return { line, question, answer, reasons: found.map((reason) => reasons[reason]), score };
  });
  return { examples, poor: poor.length, counts, answers };
}

interface Poor {
  line: number;
  found: Reason[];
  score: number;
}

/** Holds of each example its line and its traits, as numbers. */
function looks() {
  const lines: number[] = [];
  const lengths: number[] = [];
  const surprises: number[] = [];
  const flags: number[] = [];
  let sentences = 0;
  let ended = 0;

  return {
    count: () => lines.length,
    add(line: number, traits: Traits): void {
      lines.push(line);
      lengths.push(Math.log(Math.max(1, traits.letters)));
      surprises.push(traits.surprise);
      flags.push(flagsOf(traits));
      if (traits.sentence) sentences += 1;
      if (traits.sentence && traits.ends) ended += 1;
    },
    /** The worst first. */
    poor(): { poor: Poor[]; counts: Partial<Record<Reason, number>> } {
      const length = usual(lengths, leastDeviation.length);
      const surprise = usual(surprises.filter(Number.isFinite), leastDeviation.surprise);
      const faults = flagged.filter(([reason, , bit]) => {
        const having = flags.reduce((sum, bits) => sum + (bits & bit ? 1 : 0), 0);
        const ends = reason !== 'brokenOff' || (sentences >= fewestAnswers && ended >= mostlyEnding * sentences);
        return ends && having <= mostOfKind * flags.length;
      });
      const counts: Partial<Record<Reason, number>> = {};
      const poor: Poor[] = [];
      for (const [at, line] of lines.entries()) {
        const weights = new Map<Reason, number>();
        for (const [reason, weight, bit] of faults) if ((flags[at] as number) & bit) weights.set(reason, weight);
        const far = length(lengths[at] as number);
        if (Math.abs(far) > farOut)
          weights.set(far > 0 ? 'long' : 'short', Math.min(mostWeight, Math.abs(far) / farOut));
        const strange = surprise(surprises[at] as number);
        if (strange > farOut) weights.set('strange', Math.min(mostWeight, strange / farOut));
        if (weights.size === 0) continue;
        const found = [...weights].sort(([, a], [, b]) => b - a).map(([reason]) => reason);
        for (const reason of found) counts[reason] = (counts[reason] ?? 0) + 1;
        poor.push({ line, found, score: [...weights.values()].reduce((sum, weight) => sum + weight, 0) });
      }
      return { poor: poor.sort((a, b) => b.score - a.score || a.line - b.line), counts };
    },
  };
}

/** What a trait weighs beside a deviation that is just far out, which weighs 1; and its bit. */
const flagged: readonly [Reason, weight: number, bit: number, has: (traits: Traits) => boolean][] = [
  ['refusal', 3, 1, ({ refuses }) => refuses],
  ['copy', 3, 2, ({ copies }) => copies],
  ['loop', 3, 4, ({ loops }) => loops],
  ['openCode', 2, 8, ({ openCode }) => openCode],
  ['brokenOff', 1.5, 16, ({ sentence, ends }) => sentence && !ends],
];

function flagsOf(traits: Traits): number {
  return flagged.reduce((bits, [, , bit, has]) => (has(traits) ? bits | bit : bits), 0);
}

/** How many deviations a value is from the median; deviations by their own median, which outliers do not move. */
function usual(values: readonly number[], least: number): (value: number) => number {
  const middle = median(Float64Array.from(values));
  const deviation = 1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - middle)));
  return (value) => (value - middle) / Math.max(least, deviation);
}

function median(values: Float64Array): number {
  return values.sort()[values.length >> 1] ?? 0;
}
