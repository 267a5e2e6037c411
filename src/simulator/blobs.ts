import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Bytes of files and upload parts on disk. A blob is there whole or not at all. */
export interface Blobs {
  path(id: string): string;
  /** Streams `source` to the blob; answers its size in bytes. */
  write(id: string, source: Readable): Promise<number>;
  writeText(id: string, text: string): Promise<number>;
  /** Joins blobs in order into a new one; answers its size and md5 in hex. */
  join(id: string, parts: string[]): Promise<{ bytes: number; md5: string }>;
  remove(id: string): Promise<void>;
}

/** Blobs in `<dataDir>/files`; what an interrupted write left there is removed first. */
export function openBlobs(dataDir: string): Blobs {
  const folder = join(dataDir, 'files');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.partial')) rmSync(join(folder, name), { force: true });
  }
  const path = (id: string) => join(folder, id);

  /** Writes beside the final name and renames, so a kill leaves only a `.partial`. */
  async function atomically(id: string, fill: (partial: string) => Promise<void>): Promise<number> {
    const partial = `${path(id)}.${randomUUID()}.partial`;
    try {
      await fill(partial);
      await rename(partial, path(id));
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    return (await stat(path(id))).size;
  }

  return {
    path,
    write: (id, source) => atomically(id, (partial) => pipeline(source, createWriteStream(partial))),
    writeText: (id, text) => atomically(id, (partial) => writeFile(partial, text)),
    async join(id, parts) {
      const md5 = createHash('md5');
      async function* bytes() {
        for (const part of parts) {
          for await (const chunk of createReadStream(path(part))) {
            md5.update(chunk as Buffer);
            yield chunk as Buffer;
          }
        }
      }
      const size = await atomically(id, (partial) => pipeline(bytes, createWriteStream(partial)));
      return { bytes: size, md5: md5.digest('hex') };
    },
    remove: (id) => rm(path(id), { force: true }),
  };
}
