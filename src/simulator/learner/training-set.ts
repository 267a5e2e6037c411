import { readSamples, TrainingDataError } from './examples.ts';
import { MAX_REMEMBERED } from './neighbours.ts';

/** A training file in memory, as feature ids. */
export interface TrainingSet {
  inputs: Uint16Array[];
  /** Distinct completions in order of appearance. */
  completions: string[];
  /** For each input its place in `completions`. */
  targets: number[];
  /** Whether there are too many distinct completions to be classes. */
  freeText: boolean;
}

const MAX_CLASSES = 2_000;

/**
 * Reads a training file. Completions are free text when more than 2,000 are new, or more new ones than half of the
 * examples; `known` are the classes of the model the training starts from. Of free text the first 10,000 examples are
 * kept. Throws `TrainingDataError` for a file without examples or with a line that is none.
 */
export async function readTrainingSet(file: string, known: readonly string[]): Promise<TrainingSet> {
  const classes = new Set(known);
  const places = new Map<string, number>();
  const inputs: Uint16Array[] = [];
  const targets: number[] = [];
  let read = 0;
  let added = 0;
  for await (const { input, completion } of readSamples(file)) {
    read++;
    if (added > MAX_CLASSES && inputs.length >= MAX_REMEMBERED) continue;
    let place = places.get(completion);
    if (place === undefined) {
      place = places.size;
      places.set(completion, place);
      if (!classes.has(completion)) added++;
    }
    inputs.push(input);
    targets.push(place);
  }
  if (read === 0) throw new TrainingDataError('The training file holds no examples.');
  const freeText = added > MAX_CLASSES || added > read / 2;
  return { inputs, completions: [...places.keys()], targets, freeText };
}
