import { type Lines, readSamples, type Sample, TrainingDataError } from './examples.ts';
import { MAX_REMEMBERED } from './neighbours.ts';
import type { Item } from './reward.ts';

/** A training file in memory, as feature ids. */
export interface TrainingSet {
  inputs: Uint16Array[];
  /** Distinct completions in order of appearance. */
  completions: string[];
  /** For each input its place in `completions`. */
  targets: number[];
  /** For each input of a set of pairs the place of the answer that is not preferred; empty for examples. */
  rejected: number[];
  /** For each input of a set of questions what stands beside it; empty for others. */
  items: Item[];
  /** Whether there are too many distinct completions to be classes. */
  freeText: boolean;
}

const MAX_CLASSES = 2_000;

/**
 * Reads a training file. Completions are free text when more than 2,000 are new, or more new ones
 * than half of the answers, of which a pair has two; `known` are the classes of the model the training starts from. Of
 * free text the first 10,000 lines are kept. Throws `TrainingDataError` for a file without examples or with a line that
 * is none.
 */
export async function readTrainingSet(file: string, known: readonly string[], lines: Lines): Promise<TrainingSet> {
  const classes = new Set(known);
  const places = new Map<string, number>();
  const inputs: Uint16Array[] = [];
  const targets: number[] = [];
  const rejected: number[] = [];
  const items: Item[] = [];
  let answers = 0;
  let added = 0;
  const placeOf = (completion: string): number => {
    const place = places.get(completion) ?? places.size;
    if (place === places.size && !classes.has(completion)) added++;
    places.set(completion, place);
    return place;
  };
  for await (const sample of readSamples(file, lines)) {
    answers += lines === 'pairs' ? 2 : 1;
    if (added > MAX_CLASSES && inputs.length >= MAX_REMEMBERED) continue;
    inputs.push(sample.input);
    targets.push(placeOf(sample.completion));
    if (sample.rejected !== undefined) rejected.push(placeOf(sample.rejected));
    if (sample.item) items.push(sample.item);
  }
  if (answers === 0) throw new TrainingDataError('The training file holds no examples.');
  const freeText = added > MAX_CLASSES || added > answers / 2;
  return { inputs, completions: [...places.keys()], targets, rejected, items, freeText };
}

/** An example of a set as it was read. */
export function sampleOf({ inputs, completions, targets, rejected, items }: TrainingSet, row: number): Sample {
  const other = rejected[row];
  const item = items[row];
  return {
    input: inputs[row] ?? new Uint16Array(),
    completion: completions[targets[row] ?? 0] ?? '',
    ...(other !== undefined && { rejected: completions[other] ?? '' }),
    ...(item && { item }),
  };
}
