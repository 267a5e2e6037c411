import { pipeline, type Transform } from 'node:stream';
// Node before 22.15 has no Zstandard: a named import of it would fail there.
import zlib from 'node:zlib';
import { sourceError } from '../../artifacts/failures.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { openSource } from '../source.ts';

const chunkBytes = 256 * 1024;

export interface InputOptions {
  signal?: AbortSignal | undefined;
  /** Bytes as they lie on the disk. */
  onProgress?: ((bytesDone: number, bytesTotal: number) => void) | undefined;
}

/**
 * The content of a file of a person's, decompressed where its first bytes say gzip or Zstandard. Throws as `openSource`
 * does, `source_unreadable` where compressed content is damaged, and `invalid_data` for Parquet, spreadsheets and archives.
 */
export async function* readInput(
  path: string,
  name: string,
  { signal, onProgress }: InputOptions = {},
): AsyncGenerator<Uint8Array> {
  const { handle, bytes } = await openSource(path, name);
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
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    switch (kindOf(buffer.toString('latin1'))) {
      case 'gzip':
        yield* through(stored(0), zlib.createGunzip({ chunkSize: chunkBytes }));
        return;
      case 'zstd':
        if (typeof zlib.createZstdDecompress !== 'function') throw noZstd(name);
        // A decoder ends with its frame, and passes over those behind it without a word.
        for (let at = 0; at < bytes; ) {
          const decoder = zlib.createZstdDecompress({ chunkSize: chunkBytes });
          yield* through(stored(at), decoder);
          at += Math.max(1, decoder.bytesWritten);
        }
        return;
      case 'parquet':
        throw notRead(name, 'a Parquet file');
      case 'zip':
        throw notRead(name, 'a spreadsheet or an archive');
      case 'plain':
        yield* stored(0);
    }
  } catch (error) {
    throw unreadable(name, error);
  } finally {
    await handle.close();
  }
}

function through(content: AsyncIterable<Uint8Array>, decoder: Transform): AsyncIterable<Uint8Array> {
  // What fails is thrown to whoever reads.
  return pipeline(content, decoder, () => undefined);
}

function kindOf(head: string): 'gzip' | 'zstd' | 'parquet' | 'zip' | 'plain' {
  if (head.startsWith('\x1f\x8b')) return 'gzip';
  // The second is of a frame to be skipped, with which some begin.
  if (head === '\x28\xb5\x2f\xfd' || (/^[P-_]/.test(head) && head.endsWith('*M\x18'))) return 'zstd';
  if (head === 'PAR1') return 'parquet';
  return head === 'PK\x03\x04' ? 'zip' : 'plain';
}

function noZstd(name: string): TunewrightError {
  return new TunewrightError('source_unreadable', `${name} is compressed with zstd, which this Node cannot read.`, {
    advice: 'Use Node 22.15 or later, or decompress the file first.',
  });
}

function notRead(name: string, kind: string): TunewrightError {
  return new TunewrightError('invalid_data', `${name} is ${kind}, which is not read here.`, {
    advice: 'Export it to CSV or JSON lines.',
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
