import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { sourceError } from '../../../artifacts/failures.ts';
import { TunewrightError } from '../../../contract/errors.ts';
import type { OpenInput } from '../input.ts';

/** A workbook has a few parts for each sheet, picture and remark. */
const maxParts = 100_000;

/** The parts of a workbook, by their paths in it. */
export interface Archive {
  has(path: string): boolean;
  /** Bytes of a part, decompressed; 0 where there is none. */
  bytes(path: string): number;
  /**
   * The text of a part as a stream; throws `invalid_data` for one of over `maxBytes`, before anything of it is read.
   * It never yields more than the archive says that there is.
   */
  text(path: string, maxBytes: number): AsyncGenerator<string>;
}

/** Opens a ZIP file. Throws `source_unreadable` for one that is damaged or cut off. */
export async function openArchive({ handle, name, signal }: OpenInput): Promise<Archive> {
  const parts = new Map<string, yauzl.Entry>();
  const zip = await reading(name, async () => {
    const opened = await yauzl.fromFdPromise(handle.fd, { autoClose: false, lazyEntries: true });
    if (opened.entryCount > maxParts) throw tooLarge(name, `it has over ${maxParts} parts`);
    for await (const entry of opened.eachEntry()) parts.set(entry.fileName, entry);
    return opened;
  });

  async function* text(path: string, maxBytes: number): AsyncGenerator<string> {
    const part = parts.get(path);
    if (!part) throw damaged(name);
    if (part.uncompressedSize > maxBytes) throw tooLarge(name, `one of its parts has over ${maxBytes} bytes`);
    const stream = await reading(name, () => zip.openReadStreamPromise(part));
    try {
      const decoder = new TextDecoder('utf-8', { fatal: true });
      let checksum = 0;
      for await (const chunk of stream) {
        signal?.throwIfAborted();
        checksum = crc32(chunk, checksum);
        yield decoder.decode(chunk, { stream: true });
      }
      if (checksum !== part.crc32) throw damaged(name);
      yield decoder.decode();
    } catch (error) {
      throw signal?.aborted ? error : named(name, error);
    } finally {
      stream.destroy();
    }
  }

  return { has: (path) => parts.has(path), bytes: (path) => parts.get(path)?.uncompressedSize ?? 0, text };
}

async function reading<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw named(name, error);
  }
}

function named(name: string, error: unknown): unknown {
  if (error instanceof TunewrightError) return error;
  const code = String((error as NodeJS.ErrnoException | undefined)?.code);
  return /^E[A-Z]+$/.test(code) ? sourceError(name, error) : damaged(name, error);
}

/** What no program writes. */
export function damaged(name: string, cause?: unknown): TunewrightError {
  const message = `${name} cannot be read as a spreadsheet: it is damaged or cut off.`;
  const advice = 'Open and save it anew as XLSX, or save it as CSV.';
  return new TunewrightError('source_unreadable', message, { advice, cause });
}

/** What would take too much memory or time. */
export function tooLarge(name: string, why: string): TunewrightError {
  return new TunewrightError('invalid_data', `${name} is too large for a spreadsheet: ${why}.`, {
    advice: 'Save it as CSV, which is read whatever its size.',
  });
}
