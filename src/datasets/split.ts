import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ArtifactStore } from '../artifacts/index.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import { linesOf } from './lines.ts';
import { type Random, seededRandom } from './random.ts';
import { questionOf } from './reference.ts';
import { type Encoding, type ExampleTokens, tokenCounter } from './tokens.ts';

export interface SplitOptions {
  /** Paths of files that {@link inspectDataset} found free of errors. */
  train: string;
  validation?: string;
  test?: string;
  /** What is set aside of `train` where no file is given. */
  shares: { validation: number; test: number };
  seed: number;
  encoding?: Encoding;
  minimumExamples: number;
}

/** A part of the data in the store: JSON lines, shuffled. */
export type DatasetPart = ArtifactRef & { examples: number; tokens: number; answerTokens: number };

export interface DatasetParts {
  train: DatasetPart;
  validation?: DatasetPart;
  test: DatasetPart;
}

/** Where an example lies and what it is about: enough to place it without holding it. */
interface Example extends ExampleTokens {
  start: number;
  bytes: number;
  prompt: string;
  answer: string;
}

const chunkBytes = 1024 * 1024;
/** More different answers than this share of the examples are free text: there is nothing to stratify by. */
const labelShare = 0.5;

/**
 * Sets validation and held-out examples aside: seeded, in the proportions of the labels where answers are labels, and
 * equal prompts always on the same side. The same file, shares and seed give the same parts.
 *
 * Throws `invalid_data` when a part would be too small to use.
 */
export async function splitDataset(options: SplitOptions, store: ArtifactStore): Promise<DatasetParts> {
  const { shares, seed, encoding = 'o200k_base' } = options;
  const random = seededRandom(seed);
  const all = await scan(options.train, encoding);
  const wanted = { test: options.test ? 0 : shares.test, validation: options.validation ? 0 : shares.validation };
  const { train, validation, test } = divide(all, wanted, random);

  const parts: DatasetParts = {
    train: await write(options.train, shuffled(train, random), store),
    test: options.test
      ? await write(options.test, shuffled(await scan(options.test, encoding), random), store)
      : await write(options.train, shuffled(test, random), store),
  };
  if (options.validation) {
    parts.validation = await write(options.validation, await scan(options.validation, encoding), store);
  } else if (validation.length > 0) {
    parts.validation = await write(options.train, shuffled(validation, random), store);
  }
  checkSizes(parts, options.minimumExamples);
  return parts;
}

async function scan(path: string, encoding: Encoding): Promise<Example[]> {
  const count = tokenCounter(encoding);
  const decoder = new TextDecoder();
  const examples: Example[] = [];
  for await (const lines of linesOf(createReadStream(path, { highWaterMark: chunkBytes }))) {
    for (const { start, bytes } of lines) {
      const text = decoder.decode(bytes);
      if (!bytes || text.trim() === '') continue;
      const example = JSON.parse(text) as Record<string, unknown>;
      const { messages, item } = questionOf(example, 0);
      examples.push({
        start,
        bytes: bytes.length,
        prompt: digest(JSON.stringify(messages)),
        answer: digest(item.reference),
        ...count(example),
      });
    }
  }
  return examples;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 22);
}

function divide(all: readonly Example[], shares: SplitOptions['shares'], random: Random) {
  const answers = new Set(all.map((example) => example.answer));
  const labelled = answers.size <= all.length * labelShare;
  const strata = grouped(
    grouped(all, (example) => example.prompt),
    ([first]) => (labelled ? (first?.answer ?? '') : ''),
  );
  const parts = { train: [] as Example[], validation: [] as Example[], test: [] as Example[] };
  const passed = { all: 0, test: 0, validation: 0 };
  for (const stratum of strata) {
    passed.all += stratum.flat().length;
    for (const group of shuffled(stratum, random)) {
      // Counted over all strata so far, so that many small ones do not each lose what rounding drops.
      const role = (['test', 'validation'] as const).find(
        (name) => passed[name] < Math.round(shares[name] * passed.all),
      );
      parts[role ?? 'train'].push(...group);
      if (role) passed[role] += group.length;
    }
  }
  return parts;
}

function grouped<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups.values()];
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

async function write(path: string, examples: readonly Example[], store: ArtifactStore): Promise<DatasetPart> {
  const file = await open(path);
  try {
    const ref = await store.put(linesAt(file, examples));
    const sum = (pick: (example: Example) => number) => examples.reduce((total, example) => total + pick(example), 0);
    return {
      ...ref,
      examples: examples.length,
      tokens: sum(({ all }) => all),
      answerTokens: sum(({ answers }) => answers),
    };
  } finally {
    await file.close();
  }
}

async function* linesAt(file: FileHandle, examples: readonly Example[]): AsyncGenerator<Uint8Array> {
  let chunk: Uint8Array[] = [];
  let bytes = 0;
  for (const example of examples) {
    const line = Buffer.alloc(example.bytes + 1, '\n');
    await file.read(line, 0, example.bytes, example.start);
    chunk.push(line);
    bytes += line.length;
    if (bytes < chunkBytes) continue;
    yield Buffer.concat(chunk);
    chunk = [];
    bytes = 0;
  }
  yield Buffer.concat(chunk);
}

function checkSizes({ train, test }: DatasetParts, minimumExamples: number): void {
  if (train.examples < minimumExamples) {
    throw new TunewrightError(
      'invalid_data',
      `After setting examples aside ${train.examples} are left to train on, the platform takes no fewer than ${minimumExamples}.`,
      { advice: 'Add examples, or lower split.validation and split.test.' },
    );
  }
  if (test.examples === 0) {
    throw new TunewrightError('invalid_data', 'No examples are held out, so nothing can be evaluated.', {
      advice: 'Raise split.test, or name a file of your own as data.test.',
    });
  }
}
