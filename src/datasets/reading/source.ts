import { type FileHandle, open, stat } from 'node:fs/promises';
import { sourceError } from '../../artifacts/failures.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { type Kind, kindOfFile } from './kind.ts';
import { type LineOrProblem, splitLines } from './lines.ts';
import { unpacked } from './unpack.ts';

/** The lines of a chunk are held while they are looked at: fewer of them are less for the garbage collector to move. */
const chunkBytes = 256 * 1024;
const streamed: ReadonlySet<Kind> = new Set(['plain', 'gzip', 'zstd']);
/** A JSON array is refused elsewhere. */
const asWritten: ReadonlySet<Kind> = new Set(['plain', 'array']);
const tables = /\.(?:csv|tsv)(?:\.gz|\.zst)?$/i;

export interface ReadOptions {
  /** How the person knows the file; its path when absent. */
  name?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((bytesDone: number, bytesTotal: number) => void) | undefined;
}

/**
 * Opens a file of a person's. Throws `source_missing`, `source_unreadable` (also for what is no plain file: reading
 * a pipe or a device may never end) and, for an empty file, `invalid_data`.
 */
export async function openSource(path: string, name: string = path): Promise<{ handle: FileHandle; bytes: number }> {
  const found = await reading(name, () => stat(path));
  if (!found.isFile()) throw sourceError(name, { code: found.isDirectory() ? 'EISDIR' : 'not a regular file' });
  if (found.size === 0) {
    throw new TunewrightError('invalid_data', `${name} is empty.`, {
      advice: 'Put one example on each line, as JSON with a list of messages.',
    });
  }
  return { handle: await reading(name, () => open(path)), bytes: found.size };
}

/** A file of lines that is open. */
export interface OpenLines {
  handle: FileHandle;
  bytes: number;
  /** How the person knows it. */
  name: string;
  /** Whether it is compressed. */
  packed: boolean;
}

/** Throws as {@link openSource} does, and `invalid_data` for a table that is to be converted first. */
export async function openLines(path: string, name: string = path): Promise<OpenLines> {
  const { handle, bytes } = await openSource(path, name);
  try {
    const kind = await kindOfFile(handle);
    if (!streamed.has(kind) || tables.test(name)) throw noLines(name);
    return { handle, bytes, name, packed: kind !== 'plain' };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The lines of a file, read as a stream, in lists; throws as {@link readContent} does. */
export async function* readLines(path: string, options: ReadOptions = {}): AsyncGenerator<LineOrProblem[]> {
  const file = await openLines(path, options.name);
  try {
    yield* linesOf(file, options);
  } finally {
    await file.handle.close();
  }
}

/** The lines of an open file; throws as {@link unpacked} does. */
export async function* linesOf(file: OpenLines, options: ReadOptions): AsyncGenerator<LineOrProblem[]> {
  // A decoder holds on to what it is given.
  const chunks = chunksOf(file, { ...options, passing: !file.packed });
  yield* splitLines(unpacked(chunks, file));
}

/** The bytes of a file as a stream, decompressed where it is; throws as {@link openLines} and {@link unpacked} do. */
export async function* readContent(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  const file = await openLines(path, options.name);
  try {
    yield* unpacked(chunksOf(file, { ...options, passing: false }), file);
  } finally {
    await file.handle.close();
  }
}

/** Whether a file is there, and is compressed. */
export async function isPacked(path: string): Promise<boolean> {
  const found = await openSource(path).catch(() => undefined);
  if (!found) return false;
  try {
    return !asWritten.has(await kindOfFile(found.handle));
  } finally {
    await found.handle.close();
  }
}

function noLines(name: string): TunewrightError {
  return new TunewrightError('invalid_data', `${name} is a table, a JSON array or an archive, and no JSON lines.`, {
    advice: `Make JSON lines of it first: tunewright convert ${name} --out FILE`,
  });
}

async function* chunksOf(
  { handle, bytes: total, name }: OpenLines,
  // Whether a chunk is done with when the next is asked for.
  { signal, onProgress, passing }: ReadOptions & { passing: boolean },
): AsyncGenerator<Uint8Array> {
  const size = Math.min(chunkBytes, total);
  const fresh = () => Buffer.allocUnsafeSlow(size);
  // In turns: one is filled while the lines of the other are looked at.
  let [filled, free] = [fresh(), fresh()];
  const read = (at: number) => {
    [filled, free] = [free, passing ? filled : fresh()];
    return handle.read(filled, 0, size, at);
  };
  let next = read(0);
  for (let done = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead, buffer } = await reading(name, async () => await next);
    if (bytesRead === 0) return;
    done += bytesRead;
    // The disk works while the lines are looked at; the failure of a read that nobody waits for is nobody's.
    next = read(done);
    next.catch(() => undefined);
    yield buffer.subarray(0, bytesRead);
    onProgress?.(done, total);
  }
}

async function reading<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw sourceError(name, error);
  }
}
