import { pipeline, type Transform } from 'node:stream';
// Node before 22.15 has no Zstandard: a named import of it would fail there.
import zlib from 'node:zlib';
import { TunewrightError } from '../../contract/errors.ts';
import { kindBytes, kindOf } from './kind.ts';

const chunkBytes = 256 * 1024;
/** So much may come of a file however small it is; beyond that so many times what it has. Text becomes 3 to 30 times as much. */
const anyBytes = 1024 * 1024 * 1024;
const mostTimes = 200;

export interface UnpackOptions {
  /** How the person knows the file. */
  name: string;
  /** Bytes that may come of it however small it is; 1 GiB when absent. */
  unpackedBytes?: number | undefined;
}

/**
 * Content as it is, and decompressed where its first bytes say that it is gzip or Zstandard; as a stream. Throws
 * `source_unreadable` where compressed content is damaged or this Node has no Zstandard, and `invalid_data` where it becomes over
 * 1 GiB and 200 times as much as it was.
 */
export async function* unpacked(
  content: AsyncIterable<Uint8Array>,
  { name, unpackedBytes = anyBytes }: UnpackOptions,
): AsyncGenerator<Uint8Array> {
  const iterator = content[Symbol.asyncIterator]();
  try {
    const { head, kind } = await headOf(iterator);
    let read = 0;
    async function* stored(): AsyncGenerator<Uint8Array> {
      for (let next: Uint8Array = head; ; ) {
        if (next.length > 0) {
          read += next.length;
          yield next;
        }
        const { value, done } = await iterator.next();
        if (done) return;
        next = value;
      }
    }
    if (kind !== 'gzip' && kind !== 'zstd') {
      yield* stored();
      return;
    }
    let written = 0;
    for await (const chunk of kind === 'gzip' ? gunzipped(stored()) : unframed(stored(), name)) {
      written += chunk.length;
      if (written > unpackedBytes && written > mostTimes * read) throw bomb(name);
      yield chunk;
    }
  } catch (error) {
    throw damaged(name, error);
  } finally {
    await iterator.return?.();
  }
}

async function headOf(iterator: AsyncIterator<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; bytes < kindBytes; ) {
    const { value, done } = await iterator.next();
    if (done) break;
    chunks.push(value);
    bytes += value.length;
  }
  const [only] = chunks;
  const head =
    only && chunks.length === 1 ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(chunks);
  return { head, kind: kindOf(head) };
}

function gunzipped(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(content, zlib.createGunzip({ chunkSize: chunkBytes }));
}

/** A decoder ends with its frame, and passes over those behind it without a word: each has its own. */
async function* unframed(content: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  if (typeof zlib.createZstdDecompress !== 'function') throw noZstd(name);
  let left: Uint8Array[] = [];
  let coming: Promise<IteratorResult<Uint8Array>> | undefined;
  for (;;) {
    const fed: Uint8Array[] = [];
    let over = false;
    async function* frame(): AsyncGenerator<Uint8Array> {
      for (const chunk of left) {
        fed.push(chunk);
        yield chunk;
      }
      for (;;) {
        coming ??= content.next();
        const { value, done } = await coming;
        // What has come belongs to the next frame.
        if (over || done) return;
        coming = undefined;
        fed.push(value);
        yield value;
      }
    }
    const decoder = zlib.createZstdDecompress({ chunkSize: chunkBytes });
    yield* through(frame(), decoder);
    over = true;
    left = behind(fed, Math.max(1, decoder.bytesWritten), left);
    if (left.length > 0) continue;
    coming ??= content.next();
    if ((await coming).done) return;
  }
}

/** What of some chunks lies behind so many bytes, with those that were not come to. */
function behind(fed: readonly Uint8Array[], bytes: number, given: readonly Uint8Array[]): Uint8Array[] {
  let from = bytes;
  const left: Uint8Array[] = [];
  for (const chunk of [...fed, ...given.slice(fed.length)]) {
    if (from < chunk.length) left.push(chunk.subarray(from));
    from = Math.max(0, from - chunk.length);
  }
  return left;
}

function through(content: AsyncIterable<Uint8Array>, decoder: Transform): AsyncIterable<Uint8Array> {
  // What fails is thrown to whoever reads.
  return pipeline(content, decoder, () => undefined);
}

/** A file that this Node cannot read for want of Zstandard. */
export function noZstd(name: string): TunewrightError {
  return new TunewrightError('source_unreadable', `${name} is compressed with zstd, which this Node cannot read.`, {
    advice: 'Use Node 22.15 or later, or decompress the file first.',
  });
}

function wideWindow(name: string, cause: unknown): TunewrightError {
  const message = `${name} is compressed with zstd in a window of over 128 MiB, which takes as much memory to read.`;
  return new TunewrightError('source_unreadable', message, {
    advice: 'Decompress it first, or compress it again without --long.',
    cause,
  });
}

function bomb(name: string): TunewrightError {
  const message = `${name} becomes over ${mostTimes} times as much when it is decompressed, as no text does.`;
  return new TunewrightError('invalid_data', message, {
    advice: 'Look into the file; if it is meant, decompress it and name what comes of it.',
  });
}

function damaged(name: string, error: unknown): unknown {
  const code = String((error as NodeJS.ErrnoException | undefined)?.code);
  if (!code.startsWith('Z')) return error;
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') return wideWindow(name, error);
  const message = `${name} cannot be decompressed (${code}): it is damaged or cut off.`;
  return new TunewrightError('source_unreadable', message, { advice: 'Make or fetch the file again.', cause: error });
}
