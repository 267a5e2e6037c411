import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TunewrightError } from '../../../contract/errors.ts';
import type { Place } from './place.ts';

const chunkBytes = 256 * 1024;

/** A folder that workers and trainers mount. */
export function folderPlace(folder: string): Place {
  const root = resolve(folder);
  const at = (path: string) => join(root, path);
  const about = async (path: string) => await named('Looking at the storage', gone(stat(at(path)), undefined));

  return {
    check: async () => void (await named(`Looking at ${root}`, access(root))),

    async entries(path, prefix = '') {
      const names = await named(`Listing ${path}`, gone(readdir(at(path)), []));
      const found = await Promise.all(
        names
          .filter((name) => name.startsWith(prefix))
          .map(async (name) => {
            const entry = await about(join(path, name));
            return entry && { name, bytes: entry.isFile() ? entry.size : 0, createdAt: entry.mtimeMs };
          }),
      );
      return found.filter((entry) => entry !== undefined);
    },

    has: async (path) => (await about(path)) !== undefined,

    async put(path, { path: source, name }, signal) {
      // Of this run alone, so that an attempt that was cut off is written over.
      const beside = at(join('incoming', name));
      const copy = async () => {
        await mkdir(join(at(path), '..'), { recursive: true });
        await mkdir(at('incoming'), { recursive: true });
        await pipeline(createReadStream(source), createWriteStream(beside, { flush: true }), { signal });
        await rename(beside, at(path));
      };
      await named(`Putting ${name} into the storage`, copy());
    },

    text: async (path) => await named(`Reading ${path}`, gone(readFile(at(path), 'utf8'), undefined)),

    async *read(path, signal) {
      const reading = `Reading ${path}`;
      const handle = await named(reading, gone(open(at(path)), undefined));
      if (!handle) {
        throw new TunewrightError('not_found', `There is no ${path} in the storage.`, {
          advice: `Look into ${root}.`,
          status: 404,
        });
      }
      try {
        for (;;) {
          signal?.throwIfAborted();
          const { bytesRead, buffer } = await named(reading, handle.read(Buffer.allocUnsafe(chunkBytes)));
          if (bytesRead === 0) return;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await handle.close();
      }
    },

    remove: async (path) => await named(`Removing ${path}`, rm(at(path), { recursive: true, force: true })),
    removeCommand: (paths) => `rm -rf ${paths.map((path) => `'${at(path)}'`).join(' ')}`,
  };
}

/** What is not there answers `otherwise`. */
async function gone<T, O>(looking: Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await looking;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

/** Whatever keeps a shared folder from answering passes: it is mounted again, or has room again. */
async function named<T>(what: string, doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (cause) {
    const { code, name } = cause as NodeJS.ErrnoException;
    if (code === undefined || name === 'AbortError') throw cause;
    const error = code === 'ENOSPC' ? 'disk_full' : 'platform_unavailable';
    throw new TunewrightError(error, `${what}: the storage answered ${code}.`, {
      advice: "See that the connection's storage is there, has room and may be written to.",
      retry: 'yes',
      cause,
    });
  }
}
