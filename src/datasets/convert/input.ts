import type { FileHandle } from 'node:fs/promises';
import { pipeline, type Transform } from 'node:stream';
// Node before 22.15 has no Zstandard: a named import of it would fail there.
import zlib from 'node:zlib';
import { sourceError } from '../../artifacts/failures.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { Kind } from './kind.ts';

const chunkBytes = 256 * 1024;

/** A file of a person's that is being read. */
export interface OpenInput {
  handle: FileHandle;
  bytes: number;
  name: string;
  signal?: AbortSignal | undefined;
  /** Bytes as they lie on the disk. */
  onProgress?: ((bytesDone: number, bytesTotal: number) => void) | undefined;
}

/**
 * The content of a file, decompressed where it is of such a kind. Throws `source_unreadable` for what cannot be read, and where
 * compressed content is damaged.
 */
export async function* readInput(input: OpenInput, kind: Kind): AsyncGenerator<Uint8Array> {
  const { handle, bytes, name, signal, onProgress } = input;
  async function* stored(from: number): AsyncGenerator<Uint8Array> {
    for (let at = from; ; ) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
      onProgress?.(Math.min(at, bytes), bytes);
    }
  }
  try {
    if (kind === 'gzip') {
      yield* through(stored(0), zlib.createGunzip({ chunkSize: chunkBytes }));
    } else if (kind === 'zstd') {
      if (typeof zlib.createZstdDecompress !== 'function') throw noZstd(name);
      // A decoder ends with its frame, and passes over those behind it without a word.
      for (let at = 0; at < bytes; ) {
        const decoder = zlib.createZstdDecompress({ chunkSize: chunkBytes });
        yield* through(stored(at), decoder);
        at += Math.max(1, decoder.bytesWritten);
      }
    } else yield* stored(0);
  } catch (error) {
    throw unreadable(name, error);
  }
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

function unreadable(name: string, error: unknown): unknown {
  const code = String((error as NodeJS.ErrnoException | undefined)?.code);
  if (code.startsWith('Z')) {
    const message = `${name} cannot be decompressed (${code}): it is damaged or cut off.`;
    return new TunewrightError('source_unreadable', message, { advice: 'Make or fetch the file again.', cause: error });
  }
  return /^E[A-Z]+$/.test(code) ? sourceError(name, error) : error;
}
