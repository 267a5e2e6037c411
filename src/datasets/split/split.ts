import type { ArtifactStore } from '../../artifacts/index.ts';
import type { Method } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { formats } from '../examples/formats.ts';
import { fewestExamples } from '../inspection/limits.ts';
import { type Problem, shown } from '../problem.ts';
import { seededRandom } from '../random.ts';
import { shuffled } from '../shuffle.ts';
import { type Encoding, tokenCounter, usualEncoding } from '../tokens.ts';
import { groupsOfLike, joinedByField, nearDuplicates } from './alike.ts';
import { assign, inProportion, newestFirst } from './assign.ts';
import { type Entry, readEntries, templatesOf } from './entries.ts';
import { type SplitFields, topFields } from './fields.ts';
import { leaks, seenBy } from './leaks.ts';
import { type DatasetPart, writePart } from './write.ts';

export interface SplitSources {
  /** Paths; where `validation` or `test` is absent, a share of `train` is set aside for it. */
  train: string;
  validation?: string;
  test?: string;
  /** What the examples are for; `supervised` when absent. */
  method?: Method;
  /** Of the examples of `train`, each in [0, 1). */
  shares: { validation: number; test: number };
  seed: number;
  /** Which fields of the training file's lines say how it is divided; they are left out of what is uploaded. */
  fields?: SplitFields;
  /** Further fields of the lines that are left out of what is uploaded. */
  leftOut?: readonly string[];
  /** Fewer are not left to train on. */
  minimumExamples?: number;
  /** Tokens are counted with it; the current models' when absent. */
  encoding?: Encoding;
  /** Tokens that the model reads at once; without bound when absent. */
  context?: number;
  signal?: AbortSignal;
}

export interface DatasetParts {
  train: DatasetPart;
  /** Absent when its share is 0 or rounds to no example. */
  validation?: DatasetPart;
  test: DatasetPart;
  /** Which line of its file each example of a part was, from 1. */
  lines: Record<'train' | 'validation' | 'test', number[]>;
  /** Held-out examples of a file of one's own that training asks too. */
  seen: number;
  /** Warnings: what of the training file is asked nearly twice, or again in the other files. */
  problems: Problem[];
}

/**
 * Divides a data set for training, validation and the final test, in seeded random order: the same files and seed
 * always give the same bytes. Memory holds under 1 KB an example, whatever its length.
 *
 * Throws `invalid_data` for a line that is no example, when too few examples are left to train on, and when none
 * is held out; `invalid_config` when it is by a field within what is trained on.
 */
export async function splitDataset(sources: SplitSources, store: ArtifactStore): Promise<DatasetParts> {
  const { train, validation, test, shares, seed, signal } = sources;
  const { method = 'supervised', fields = {}, minimumExamples = fewestExamples, context } = sources;
  const counter = tokenCounter(sources.encoding ?? usualEncoding);
  const paths = [train, validation, test].filter((path) => path !== undefined);
  const templates = await templatesOf(paths, { method, signal });
  const read = async (path: string) => await readEntries(path, { method, counter, templates, signal });

  const given = {
    train: await readEntries(train, { method, counter, templates, fields, signal }),
    validation: validation === undefined ? undefined : await read(validation),
    test: test === undefined ? undefined : await read(test),
  };
  // Graders may want them; no platform does.
  const { keys } = formats[method];
  const dividing = topFields([fields.groupBy, fields.timeBy]);
  requireBeside(dividing, keys);
  const leftOut = [...dividing, ...(sources.leftOut ?? []).filter((name) => !keys.includes(name))];
  const setAside = (share: number) => Math.round(share * given.train.length);
  const alike = groupsOfLike(given.train);
  const groups = fields.groupBy ? joinedByField(alike) : alike;
  const parts = assign(fields.timeBy ? newestFirst(groups) : inProportion(groups, seed), {
    validation: given.validation ? 0 : setAside(shares.validation),
    test: given.test ? 0 : setAside(shares.test),
  });
  const held = { validation: given.validation ?? parts.validation, test: given.test ?? parts.test };
  const together = groups.reduce((most, group) => Math.max(most, group.length), 0);
  requireEnough({
    train: parts.train.length,
    test: held.test.length,
    wanted: given.test ? given.test.length : setAside(shares.test),
    together,
    examples: given.train.length,
    minimumExamples,
  });

  const mixed = (entries: readonly Entry[]) => shuffled(entries, seededRandom(seed));
  const written = { train: mixed(parts.train), validation: mixed(held.validation), test: mixed(held.test) };
  const write = async (path: string, entries: readonly Entry[], leftOut: readonly string[] = []) =>
    await writePart(path, entries, store, { leftOut, context, signal });
  const linesOf = (entries: readonly Entry[]) => entries.map(({ line }) => line);
  return {
    train: await write(train, written.train, leftOut),
    ...(held.validation.length > 0
      ? { validation: await write(validation ?? train, written.validation, leftOut) }
      : {}),
    test: await write(test ?? train, written.test),
    lines: {
      train: linesOf(written.train),
      validation: linesOf(written.validation),
      test: linesOf(written.test),
    },
    seen: seenBy(parts.train, given.test ?? []).length,
    problems: [
      ...(held.validation.length === 0 ? unvalidated(setAside(shares.validation), together) : []),
      ...nearDuplicates(alike),
      ...leaks(given.train, given.validation ?? [], 'data.validation'),
      ...leaks(given.train, given.test ?? [], 'data.test'),
      ...leaks(given.validation ?? [], given.test ?? [], 'data.test', 'validation'),
    ],
  };
}

/** A warning where examples should validate and none does, for too many stay together. */
function unvalidated(wanted: number, together: number): Problem[] {
  if (wanted === 0) return [];
  const message = `No example validates the training, though ${wanted} should: up to ${together} stay together, for they ask nearly the same or share the field of the split, and so many are not set aside. There are no validation losses then, and nothing shows overfitting. Raise split.validation, or name a file as data.validation.`;
  return [{ code: 'nothing_validates', severity: 'warning', message }];
}

function requireBeside(leftOut: readonly string[], own: readonly string[]): void {
  const within = leftOut.find((name) => own.includes(name));
  if (within === undefined) return;
  throw new TunewrightError(
    'invalid_config',
    `The split is by a field within ${shown(within)}, which is trained on and cannot be left out.`,
    { advice: 'Give each line the field beside what is trained on, and name that as split.groupBy or split.timeBy.' },
  );
}

interface Counts {
  train: number;
  test: number;
  /** To be held out. */
  wanted: number;
  /** Of the largest group that a split keeps together. */
  together: number;
  /** Of the training file. */
  examples: number;
  minimumExamples: number;
}

function requireEnough({ train, test, wanted, together, examples, minimumExamples }: Counts): void {
  if (test === 0 && wanted > 0) {
    const message = `No example is held out, so nothing could prove the new model: ${together} of ${examples} stay together, for they ask nearly the same or share the field of the split, and ${wanted} should be held out.`;
    throw new TunewrightError('invalid_data', message, {
      advice: 'Name a file of other questions as data.test, or add examples that ask something else.',
    });
  }
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
