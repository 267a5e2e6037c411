import type { FileHandle } from 'node:fs/promises';
import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { tokensWithin } from '../estimate.ts';
import { openSource } from '../reading/source.ts';
import type { Entry } from './entries.ts';
import { withoutFields } from './fields.ts';

/** Lines are read so many at once, and as few as 4 MiB hold: one by one a million of them would take minutes. */
const linesAtOnce = 256;
const bytesAtOnce = 4 * 1024 * 1024;

/** One part of a data set as it is uploaded or asked: JSON lines without byte order mark, each ended by a line feed. */
export type DatasetPart = ArtifactRef & {
  examples: number;
  tokens: number;
  /** Of these, those within what the model reads at once. */
  trainedTokens: number;
  /** Of the final answers. */
  answerTokens: number;
};

export interface WriteOptions {
  /** Fields that are not written. */
  leftOut: readonly string[];
  /** Tokens that the model reads at once; without bound when absent. */
  context?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Keeps the lines of `path` that are named, in the order given; memory holds a few MiB of them. */
export async function writePart(
  path: string,
  entries: readonly Entry[],
  store: ArtifactStore,
  options: WriteOptions,
): Promise<DatasetPart> {
  const { handle } = await openSource(path);
  try {
    const ref = await store.put(linesOf(path, handle, entries, options));
    return {
      ...ref,
      examples: entries.length,
      tokens: sum(entries, ({ tokens }) => tokens),
      trainedTokens: sum(entries, (entry) => tokensWithin(entry, options.context ?? Number.POSITIVE_INFINITY)),
      answerTokens: sum(entries, ({ answerTokens }) => answerTokens),
    };
  } finally {
    await handle.close();
  }
}

async function* linesOf(
  path: string,
  handle: FileHandle,
  entries: readonly Entry[],
  { leftOut, signal }: WriteOptions,
): AsyncGenerator<Uint8Array> {
  for (const batch of batchesOf(entries)) {
    signal?.throwIfAborted();
    const lines = await Promise.all(batch.map((entry) => readLine(path, handle, entry)));
    yield Buffer.concat(leftOut.length === 0 ? lines : lines.map((line) => without(line, leftOut)));
  }
}

function* batchesOf(entries: readonly Entry[]): Generator<Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    batch.push(entry);
    bytes += entry.length;
    if (batch.length < linesAtOnce && bytes < bytesAtOnce) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

function without(line: Buffer, leftOut: readonly string[]): Buffer {
  return Buffer.from(`${withoutFields(line.toString(), leftOut)}\n`);
}

async function readLine(path: string, handle: FileHandle, { offset, length }: Entry): Promise<Buffer> {
  const line = Buffer.alloc(length + 1, '\n');
  const { bytesRead } = await handle.read(line, 0, length, offset);
  if (bytesRead === length) return line;
  throw new TunewrightError('source_unreadable', `${path} became shorter while it was read.`, {
    advice: 'Let nothing write to the file while a run begins.',
  });
}

function sum(entries: readonly Entry[], of: (entry: Entry) => number): number {
  return entries.reduce((total, entry) => total + of(entry), 0);
}
