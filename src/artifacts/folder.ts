import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../contract/artifact.ts';
import { altered, missing, sourceError, storeError } from './failures.ts';
import type { ArtifactStore, ArtifactWriter } from './store.ts';

const largestChunk = 1024 * 1024;
/** A stream takes memory for a whole chunk, however little there is to read. */
const chunkFor = (bytes: number) => Math.max(1, Math.min(largestChunk, bytes));
/** Training data is nobody else's business on a shared machine. */
const folderMode = 0o700;
const fileMode = 0o600;

/** A store in a folder: `ab/cdef…` by SHA-256. Files appear whole or not at all, and are never changed. */
export function folderStore(directory: string): ArtifactStore {
  const root = resolve(directory);
  const place = (sha256: string): string => join(root, sha256.slice(0, 2), sha256.slice(2));

  async function writer(): Promise<ArtifactWriter> {
    const temporary = join(root, 'tmp', randomUUID());
    const handle = await guarded(async () => {
      await mkdir(dirname(temporary), { recursive: true, mode: folderMode });
      return await open(temporary, 'wx', fileMode);
    });
    return folderWriter(handle, temporary, place);
  }

  async function put(content: AsyncIterable<Uint8Array> | Uint8Array | string): Promise<ArtifactRef> {
    const out = await writer();
    try {
      if (typeof content === 'string' || content instanceof Uint8Array) await out.write(content);
      else for await (const chunk of content) await out.write(chunk);
    } catch (error) {
      await out.abort();
      throw error;
    }
    return await out.close();
  }

  /** Verified as a whole first: nothing of an altered file is ever used. */
  async function path(ref: ArtifactRef): Promise<string> {
    const file = place(ref.sha256);
    try {
      if ((await hashOf(file, ref.bytes)) === ref.sha256) return file;
    } catch (error) {
      throw missing(ref, error);
    }
    throw altered(ref);
  }

  async function* read(ref: ArtifactRef): AsyncGenerator<Uint8Array> {
    yield* createReadStream(await path(ref), { highWaterMark: chunkFor(ref.bytes) });
  }

  return {
    path,
    put,
    read,
    writer,

    async putFile(path, signal) {
      signal?.throwIfAborted();
      const source = await openSource(path);
      try {
        const { size } = await source.stat();
        const content = source.createReadStream({ autoClose: false, highWaterMark: chunkFor(size), signal });
        // Broken off when nobody reads it, it would end the process; whoever reads it is told all the same.
        content.on('error', () => undefined);
        return await put(content);
      } finally {
        await source.close();
      }
    },

    async readText(ref) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of read(ref)) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

function folderWriter(handle: FileHandle, temporary: string, place: (sha256: string) => string): ArtifactWriter {
  const hash = createHash('sha256');
  let bytes = 0;
  const abort = async (): Promise<void> => {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
  };
  const orAbort = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await guarded(call);
    } catch (error) {
      await abort();
      throw error;
    }
  };
  return {
    abort,
    async write(chunk) {
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      await orAbort(async () => await handle.writeFile(data));
      hash.update(data);
      bytes += data.length;
    },
    async close() {
      const sha256 = hash.digest('hex');
      const path = place(sha256);
      await orAbort(async () => {
        // On the disk before it has its name: a power cut must not leave a name with half its content.
        await handle.sync();
        await handle.close();
        await mkdir(dirname(path), { recursive: true, mode: folderMode });
        await moveTo(path, temporary, { sha256, bytes });
        await syncFolder(dirname(path));
      });
      return { sha256, bytes, uri: pathToFileURL(path).href };
    },
  };
}

/** What is there already stays: whoever reads a file as a blob, as an upload does, fails when it is replaced. */
async function moveTo(
  path: string,
  temporary: string,
  { sha256, bytes }: Pick<ArtifactRef, 'sha256' | 'bytes'>,
): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const kept = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await hashOf(path, bytes)) === sha256;
    // Altered, or on a file system without links.
    if (!kept) return await rename(temporary, path);
  }
  await rm(temporary);
}

async function hashOf(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: chunkFor(bytes) })) hash.update(chunk);
  return hash.digest('hex');
}

/** Only then does a power cut keep the name too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
    // A pipe would be waited for without end, a device copied without end.
    if (!found.isFile()) throw Object.assign(new Error('it is not a file'), { code: 'not a regular file' });
    return await open(path);
  } catch (error) {
    throw sourceError(path, error);
  }
}

async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storeError(error);
  }
}
