import type { FileHandle } from 'node:fs/promises';
import { sourceError } from '../../artifacts/failures.ts';
import { unpacked } from '../reading/unpack.ts';

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

/** The content of a file, as {@link unpacked} reads it. Throws `source_unreadable` for what cannot be read. */
export async function* readInput(input: OpenInput): AsyncGenerator<Uint8Array> {
  const { handle, bytes, name, signal, onProgress } = input;
  async function* stored(): AsyncGenerator<Uint8Array> {
    for (let at = 0; ; ) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
      onProgress?.(Math.min(at, bytes), bytes);
    }
  }
  try {
    yield* unpacked(stored(), { name });
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException | undefined)?.code);
    throw /^E[A-Z]+$/.test(code) ? sourceError(name, error) : error;
  }
}
