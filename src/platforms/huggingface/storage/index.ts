import { TunewrightError } from '../../../contract/errors.ts';
import type { FileToUpload, HeldFile, JobEvent, RemoteFile, UploadOptions } from '../../platform.ts';
import { readEvents } from '../../trainer/events.ts';
import { parseModel } from '../../trainer/names.ts';
import { bucketPlace } from './bucket.ts';
import { folderPlace } from './folder.ts';

/**
 * What workers and trainers share: `files/NAME`, `jobs/JOB/{events.jsonl, checkpoints, merged, model}`, `models/NAME` for base
 * models of one's own. The trainers know the same layout: tunewright_trainer/job.py.
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
  /** True of a base model that does not lie here: whether the hub has it, the trainer finds out. */
  mayHave(model: string): Promise<boolean>;
  /** Jobs that hold a tuned model. */
  models(): Promise<string[]>;
  /** A job's model with its checkpoints, and those of them that were merged. */
  removeModel(job: string): Promise<void>;
  removeModelCommand(job: string): string;
}

/** @param address of a folder, or `s3://BUCKET/PREFIX` */
export function storage(address: string, timeoutSeconds: number): Storage {
  const place = address.startsWith('s3://') ? bucketPlace(address, timeoutSeconds) : folderPlace(address);
  const at = (...parts: string[]) => {
    const path = parts.join('/');
    // Names come from the service, and from whoever writes a model's name into a run.
    if (!path.split('/').includes('..')) return path;
    throw new TunewrightError('refused', `${path} leads out of the storage.`, { advice: 'Mend the name.' });
  };
  const modelFolders = (job: string) => ['model', 'checkpoints', 'merged'].map((name) => at('jobs', job, name));
  const checkpoint = (job: string, step: number | string) => at('jobs', job, 'checkpoints', `checkpoint-${step}`);

  return {
    check: place.check,

    async find(prefix) {
      return (await place.entries('files', prefix)).map((file) => ({ id: file.name, ...file }));
    },

    async put(file, { onProgress, signal }) {
      const { name, bytes } = file;
      await place.put(at('files', name), file, signal);
      onProgress?.(bytes);
      return { id: name, name, bytes };
    },

    has: async (file) => await place.has(at('files', file)),
    async *read(file, signal) {
      yield* place.read(at('files', file), signal);
    },
    remove: async (file) => await place.remove(at('files', file)),
    events: async (job) => readEvents((await place.text(at('jobs', job, 'events.jsonl'))) ?? ''),

    async checkpoints(job) {
      const folders = await place.entries(at('jobs', job, 'checkpoints'), 'checkpoint-');
      const steps = folders.flatMap(({ name }) => /^checkpoint-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
      // Written last: what is still being written or sent is not offered.
      const whole = await Promise.all(
        steps.map(async (step) => await place.has(`${checkpoint(job, step)}/whole.json`)),
      );
      return steps.filter((_, i) => whole[i]).sort((a, b) => a - b);
    },

    async mayHave(model) {
      const { base, job, step } = parseModel(model);
      const folder = job ? (step ? checkpoint(job, step) : at('jobs', job, 'model')) : at('models', base);
      return (await place.has(folder)) || (job === undefined && /^[\w.-]+\/[\w.-]+$/.test(base));
    },

    async models() {
      const jobs = await place.entries('jobs');
      const held = await Promise.all(
        jobs.map(async ({ name }) => ((await place.has(at('jobs', name, 'model'))) ? [name] : [])),
      );
      return held.flat();
    },

    async removeModel(job) {
      await Promise.all(modelFolders(job).map(place.remove));
    },
    removeModelCommand: (job) => place.removeCommand(modelFolders(job)),
  };
}
