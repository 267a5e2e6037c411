import type { ArtifactStore } from '../artifacts/index.ts';
import { TunewrightError } from '../contract/errors.ts';
import { assign } from './assign.ts';
import { type Entry, readEntries } from './entries.ts';
import { fewestExamples } from './inspect.ts';
import { nearGroups } from './near.ts';
import type { Problem } from './problem.ts';
import { seededRandom } from './random.ts';
import { shuffled } from './shuffle.ts';
import { type Encoding, tokenCounter } from './tokens.ts';
import { type DatasetPart, writePart } from './write.ts';

export interface SplitSources {
  /** Paths; where `validation` or `test` is absent, a share of `train` is set aside for it. */
  train: string;
  validation?: string;
  test?: string;
  /** Of the examples of `train`, each in [0, 1). */
  shares: { validation: number; test: number };
  seed: number;
  /** Fewer are not left to train on. */
  minimumExamples?: number;
  /** Tokens are counted with it; o200k_base when absent. */
  encoding?: Encoding;
  signal?: AbortSignal;
}

export interface DatasetParts {
  train: DatasetPart;
  /** Absent when its share is 0 or rounds to no example. */
  validation?: DatasetPart;
  test: DatasetPart;
  /** Warnings: prompts of the training file that the other files ask again. */
  problems: Problem[];
}

/**
 * Divides a data set for training, validation and the final test, in seeded random order: the same files and seed
 * always give the same bytes. Memory holds under 1 KB an example, whatever its length.
 *
 * Throws `invalid_data` for a line that is no example, when too few examples are left to train on, and when none
 * is held out.
 */
export async function splitDataset(sources: SplitSources, store: ArtifactStore): Promise<DatasetParts> {
  const { train, validation, test, shares, seed, signal, minimumExamples = fewestExamples } = sources;
  const counter = tokenCounter(sources.encoding ?? 'o200k_base');
  const read = async (path: string) => await readEntries(path, counter, signal);

  const given = {
    train: await read(train),
    validation: validation === undefined ? undefined : await read(validation),
    test: test === undefined ? undefined : await read(test),
  };
  const setAside = (share: number) => Math.round(share * given.train.length);
  const parts = assign(
    given.train,
    {
      validation: given.validation ? 0 : setAside(shares.validation),
      test: given.test ? 0 : setAside(shares.test),
    },
    seed,
  );
  const held = { validation: given.validation ?? parts.validation, test: given.test ?? parts.test };
  requireEnough({ train: parts.train.length, test: held.test.length, examples: given.train.length, minimumExamples });

  const write = async (path: string, entries: readonly Entry[]) =>
    await writePart(path, shuffled(entries, seededRandom(seed)), store, signal);
  return {
    train: await write(train, parts.train),
    ...(held.validation.length > 0 ? { validation: await write(validation ?? train, held.validation) } : {}),
    test: await write(test ?? train, held.test),
    problems: [
      ...leaked('validation', given.train, given.validation ?? []),
      ...leaked('test', given.train, given.test ?? []),
    ],
  };
}

interface Counts {
  train: number;
  test: number;
  /** Of the training file. */
  examples: number;
  minimumExamples: number;
}

function requireEnough({ train, test, examples, minimumExamples }: Counts): void {
  if (test === 0) {
    throw new TunewrightError('invalid_data', 'No example is held out, so nothing could prove the new model.', {
      advice: 'Set split.test above 0, name a file as data.test, or add examples.',
    });
  }
  if (train >= minimumExamples) return;
  throw new TunewrightError(
    'invalid_data',
    `Of ${examples} examples ${train} are left to train on, and ${minimumExamples} are needed at least.`,
    {
      advice:
        'Add examples, lower split.validation and split.test, or name files of their own for data.validation and data.test.',
    },
  );
}

/** What the model is praised for that it has learnt by heart, or nearly so. */
function leaked(role: 'validation' | 'test', train: readonly Entry[], held: readonly Entry[]): Problem[] {
  const known = new Set(train.map(({ prompt }) => prompt));
  const others = held.filter(({ prompt }) => !known.has(prompt));
  const groups = nearGroups([...train, ...others].map(({ likeness }) => likeness));
  // A group is called by its first member: one of training where there is any.
  const near = groups.subarray(train.length).filter((group) => group < train.length).length;
  const problems: Problem[] = [];
  const path = `data.${role}`;
  const message = (count: number, what: string) =>
    `${count} of ${held.length} examples ask ${what} the training file asks too: the model is praised for what it has learnt by heart. Remove them from one of the files.`;
  const same = held.length - others.length;
  if (same > 0) problems.push({ code: 'leaked_prompts', severity: 'warning', path, message: message(same, 'what') });
  if (near > 0) {
    problems.push({ code: 'nearly_leaked_prompts', severity: 'warning', path, message: message(near, 'nearly what') });
  }
  return problems;
}
