import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TunewrightError } from '../../contract/errors.ts';
import type { FileToUpload, HeldFile, JobEvent, RemoteFile, UploadOptions } from '../platform.ts';
import { readEvents } from '../trainer/events.ts';
import { parseModel } from '../trainer/names.ts';

/**
 * The folder that workers and trainers share: `files/NAME`, `jobs/JOB/{events.jsonl, checkpoints, merged, model}`,
 * `models/NAME` for base models of one's own. The trainers know the same layout: tunewright_trainer/job.py.
 */
export interface Storage {
  check(): Promise<void>;
  find(namePrefix: string): Promise<HeldFile[]>;
  put(file: FileToUpload, options: UploadOptions): Promise<RemoteFile>;
  has(file: string): Promise<boolean>;
  /** Throws `not_found`. */
  read(file: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  remove(file: string): Promise<void>;
  /** In the order in which they came; an event's id is its place. */
  events(job: string): Promise<JobEvent[]>;
  checkpoints(job: string): Promise<number[]>;
  /** True of a base model that is no folder here: whether the hub has it, the trainer finds out. */
  mayHave(model: string): Promise<boolean>;
  /** Jobs that hold a tuned model. */
  models(): Promise<string[]>;
  /** A job's model with its checkpoints, and those of them that were merged. */
  removeModel(job: string): Promise<void>;
  modelFolder(job: string): string;
}

export function storage(folder: string): Storage {
  const root = resolve(folder);
  const at = (...parts: string[]) => {
    const path = join(root, ...parts);
    // Names come from the service, and from whoever writes a model's name into a run.
    if (!parts.some((part) => part.split('/').includes('..'))) return path;
    throw new TunewrightError('refused', `${parts.join('/')} leads out of the storage.`, { advice: 'Mend the name.' });
  };
  const names = async (path: string) => await gone(readdir(path), []);

  return {
    check: async () => void (await named(`Looking at ${root}`, access(root))),

    async find(prefix) {
      const files = (await named('Listing files', names(at('files')))).filter((name) => name.startsWith(prefix));
      const found = await Promise.all(
        files.map(async (name) => {
          const about = await gone(stat(at('files', name)), undefined);
          return about && { id: name, name, bytes: about.size, createdAt: about.mtimeMs };
        }),
      );
      return found.filter((file) => file !== undefined);
    },

    async put({ path, name, bytes }, { onProgress, signal }) {
      const target = at('files', name);
      // Of this run alone, so that an attempt that was cut off is written over.
      const beside = at('incoming', name);
      const copy = async () => {
        await mkdir(at('files'), { recursive: true });
        await mkdir(at('incoming'), { recursive: true });
        await pipeline(createReadStream(path), createWriteStream(beside, { flush: true }), { signal });
        await rename(beside, target);
      };
      await named(`Putting ${name} into the storage`, copy());
      onProgress?.(bytes);
      return { id: name, name, bytes };
    },

    has: async (file) => (await named('Looking for the file', gone(stat(at('files', file)), undefined))) !== undefined,
    async *read(file, signal) {
      const handle = await named(reading, gone(open(at('files', file)), undefined));
      if (!handle) {
        throw new TunewrightError('not_found', `There is no file ${file} in the storage.`, {
          advice: `Look into ${at('files')}.`,
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

    remove: async (file) => await named('Removing the file', rm(at('files', file), { force: true })),

    async events(job) {
      const text = await named('Reading events', gone(readFile(at('jobs', job, 'events.jsonl'), 'utf8'), ''));
      return readEvents(text);
    },

    async checkpoints(job) {
      const folders = await named('Listing checkpoints', names(at('jobs', job, 'checkpoints')));
      const steps = folders.flatMap((name) => /^checkpoint-(\d+)$/.exec(name)?.[1] ?? []);
      return steps.map(Number).sort((a, b) => a - b);
    },

    async mayHave(model) {
      const { base, job, step } = parseModel(model);
      const folder = job ? at('jobs', job, step ? `checkpoints/checkpoint-${step}` : 'model') : at('models', base);
      const there = await named('Looking for the model', gone(stat(folder), undefined));
      return there !== undefined || (job === undefined && /^[\w.-]+\/[\w.-]+$/.test(base));
    },

    async models() {
      const jobs = await named('Listing models', names(at('jobs')));
      const held = await Promise.all(
        jobs.map(async (job) => ((await gone(stat(at('jobs', job, 'model')), undefined)) ? [job] : [])),
      );
      return held.flat();
    },

    async removeModel(job) {
      await named(
        'Removing the model',
        Promise.all(
          ['model', 'checkpoints', 'merged'].map(
            async (name) => await rm(at('jobs', job, name), { recursive: true, force: true }),
          ),
        ),
      );
    },
    modelFolder: (job) => at('jobs', job, 'model'),
  };
}

const reading = 'Reading the file';
const chunkBytes = 256 * 1024;

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
