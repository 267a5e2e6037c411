import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import type { PlatformEntry } from '../catalogue.ts';
import { partTimeoutMs } from '../parts.ts';
import type { FileToUpload, HeldFile, JobEvent, RemoteFile, UploadOptions } from '../platform.ts';
import { readEvents } from '../trainer/events.ts';
import type { Aws } from './aws.ts';
import { putInParts } from './uploads.ts';

/** As the container writes it: tunewright_trainer/sagemaker.py. */
const resultShape = z.object({ trainedTokens: z.number() }).partial();
export type TrainingResult = z.infer<typeof resultShape>;

/**
 * Below the connection's `storage`: `files/NAME`, `jobs/JOB/output/model.tar.gz` as SageMaker writes it, and
 * `checkpoints/JOB/{events.jsonl, result.json, checkpoints/checkpoint-N}` as it copies them from the container.
 */
export interface Storage {
  check(signal?: AbortSignal): Promise<void>;
  find(namePrefix: string, signal?: AbortSignal): Promise<HeldFile[]>;
  put(file: FileToUpload, options: UploadOptions): Promise<RemoteFile>;
  has(file: string, signal?: AbortSignal): Promise<boolean>;
  /** All of one version. Throws `not_found`, and `refused` when it is changed meanwhile. */
  read(file: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  remove(file: string, signal?: AbortSignal): Promise<void>;
  events(job: string, signal?: AbortSignal): Promise<JobEvent[]>;
  /** What the container has told at its end; undefined when it has told nothing. */
  result(job: string, signal?: AbortSignal): Promise<TrainingResult | undefined>;
  checkpoints(job: string, signal?: AbortSignal): Promise<number[]>;
  /** Jobs whose name starts so and that hold a tuned model. */
  models(jobPrefix: string, signal?: AbortSignal): Promise<string[]>;
  hasModel(job: string, step: string | undefined, signal?: AbortSignal): Promise<boolean>;
  /** A job's model with its checkpoints. */
  removeModel(job: string, signal?: AbortSignal): Promise<void>;
  uri(...path: string[]): string;
}

/** Of one call of `DeleteObjects`: docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html. */
const deletedAtOnce = 1000;

/** Bytes in memory while a file is read back. */
const readAtOnce = 8 * 1024 * 1024;

export function storage(folder: string, aws: Aws, limits: PlatformEntry['limits']): Storage {
  const { call, find } = aws;
  const { hostname: Bucket, pathname } = new URL(folder);
  const root = pathname.split('/').filter(Boolean).join('/');
  const keyOf = (...path: string[]) => [root, ...path].filter(Boolean).join('/');
  const fileKey = (name: string) => keyOf('files', name);

  async function list(what: string, Prefix: string, signal: AbortSignal | undefined) {
    const found: { key: string; bytes: number; createdAt: number }[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await call(
        what,
        async ({ s3 }, options) =>
          await s3.listObjectsV2({ Bucket, Prefix, ...(ContinuationToken ? { ContinuationToken } : {}) }, options),
        { signal },
      );
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        found.push({ key: Key, bytes: Size, createdAt: LastModified?.getTime() ?? 0 });
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return found;
  }

  async function text(what: string, key: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    return await find(
      what,
      async ({ s3 }, options) => {
        const { Body } = await s3.getObject({ Bucket, Key: key }, options);
        return (await Body?.transformToString()) ?? '';
      },
      signal,
    );
  }

  /** By a listing: a `HEAD` that is refused does not say why. */
  async function there(what: string, key: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { Contents = [] } = await call(
      what,
      async ({ s3 }, options) => await s3.listObjectsV2({ Bucket, Prefix: key, MaxKeys: 1 }, options),
      { signal },
    );
    return Contents[0]?.Key === key;
  }

  return {
    uri: (...path) => `s3://${Bucket}/${keyOf(...path)}`,

    async check(signal) {
      await call(
        `Looking at ${folder}`,
        async ({ s3 }, options) => await s3.listObjectsV2({ Bucket, Prefix: keyOf('files'), MaxKeys: 1 }, options),
        { signal },
      );
    },

    async find(prefix, signal) {
      const objects = await list('Listing files', fileKey(prefix), signal);
      return objects.map(({ key, ...about }) => {
        const name = key.slice(fileKey('').length + 1);
        return { id: name, name, ...about };
      });
    },

    async put(file, options) {
      const { path, name, bytes } = file;
      const at = { Bucket, Key: fileKey(name) };
      if (bytes > limits.fileBytes) await putInParts(aws, file, at, limits, options);
      else {
        await call(
          `Uploading ${name}`,
          async ({ s3 }, { abortSignal }) =>
            await s3.putObject({ ...at, Body: createReadStream(path), ContentLength: bytes }, { abortSignal }),
          { signal: options.signal, timeoutMs: partTimeoutMs },
        );
        options.onProgress?.(bytes);
      }
      return { id: name, name, bytes };
    },

    has: async (file, signal) => await there('Looking for the file', fileKey(file), signal),
    async *read(file, signal) {
      let version: string | undefined;
      for (let at = 0, total = 1; at < total; ) {
        const asked = { Bucket, Key: fileKey(file), Range: `bytes=${at}-${at + readAtOnce - 1}` };
        const { content, ...about } = await call(
          'Reading the file',
          async ({ s3 }, options) => {
            const answer = await s3.getObject({ ...asked, ...(version ? { IfMatch: version } : {}) }, options);
            const content = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
            return { content, etag: answer.ETag, range: answer.ContentRange };
          },
          { signal, timeoutMs: partTimeoutMs },
        );
        yield content;
        at += content.length;
        version = about.etag;
        // Without a range it is the whole.
        total = Number(/\/(\d+)$/.exec(about.range ?? '')?.[1] ?? at);
      }
    },
    remove: async (file, signal) => {
      await call(
        'Removing the file',
        async ({ s3 }, options) => await s3.deleteObject({ Bucket, Key: fileKey(file) }, options),
        { signal },
      );
    },

    events: async (job, signal) =>
      readEvents((await text('Reading events', keyOf('checkpoints', job, 'events.jsonl'), signal)) ?? ''),

    async result(job, signal) {
      const result = await text('Reading the result', keyOf('checkpoints', job, 'result.json'), signal);
      return result === undefined ? undefined : (resultShape.safeParse(parsed(result)).data ?? {});
    },

    async checkpoints(job, signal) {
      const folder = `${keyOf('checkpoints', job, 'checkpoints', 'checkpoint-')}`;
      const objects = await list('Listing checkpoints', folder, signal);
      // The last file that the trainer writes of one: what is still being written is not offered.
      const whole = objects.filter(({ key }) => key.endsWith('/whole.json'));
      return whole.map(({ key }) => Number.parseInt(key.slice(folder.length), 10)).sort((a, b) => a - b);
    },

    async models(prefix, signal) {
      const objects = await list('Listing models', keyOf('jobs', prefix), signal);
      return objects.flatMap(({ key }) => /([^/]+)\/output\/model\.tar\.gz$/.exec(key)?.[1] ?? []);
    },

    hasModel: async (job, step, signal) =>
      await there(
        'Looking for the model',
        step
          ? keyOf('checkpoints', job, 'checkpoints', `checkpoint-${step}`, 'config.json')
          : keyOf('jobs', job, 'output', 'model.tar.gz'),
        signal,
      ),

    async removeModel(job, signal) {
      const objects = [
        ...(await list('Listing the model', `${keyOf('jobs', job)}/`, signal)),
        ...(await list('Listing checkpoints', `${keyOf('checkpoints', job)}/`, signal)),
      ];
      while (objects.length > 0) {
        const Objects = objects.splice(0, deletedAtOnce).map(({ key }) => ({ Key: key }));
        const answer = await call(
          'Removing the model',
          async ({ s3 }, options) => await s3.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } }, options),
          { signal },
        );
        const [left] = answer.Errors ?? [];
        if (left) {
          throw new TunewrightError('forbidden', `Removing the model: ${left.Key} stays: ${left.Message}`, {
            advice: 'Give whoever the credentials are of s3:DeleteObject below the storage.',
          });
        }
      }
    },
  };
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
