import { createHash } from 'node:crypto';
import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import { readS3 } from '../sources/index.ts';
import type { AtHand } from './at-hand.ts';
import { altered, bucketError, gone } from './failures.ts';
import { type Bucket, openBucket } from './objects.ts';
import type { ArtifactStore, ArtifactWriter } from './store.ts';

/**
 * A store in a bucket of S3 or of anything that speaks its protocol: `PREFIX/ab/cdef…` by SHA-256. What is kept is kept
 * locally first, and what is read is fetched there once.
 *
 * @param address `s3://BUCKET/PREFIX`
 * @param local holds what was used lately, as `space` allows
 */
export function bucketStore(address: string, local: ArtifactStore, space: AtHand): ArtifactStore {
  const bucket = openBucket(address);

  async function keep(ref: ArtifactRef, signal?: AbortSignal): Promise<ArtifactRef> {
    await named(async () => await sent(bucket, ref, await local.path(ref), signal));
    await space.grown(ref.bytes);
    return { ...ref, uri: bucket.uri(ref.sha256) };
  }

  async function path(ref: ArtifactRef): Promise<string> {
    try {
      const file = await local.path(ref);
      await space.used(file);
      return file;
    } catch (error) {
      if (!(error instanceof TunewrightError) || !/^artifact_(missing|altered)$/.test(error.code)) throw error;
    }
    const file = await local.path(await fetched(bucket, ref, await local.writer()));
    await space.grown(ref.bytes);
    return file;
  }

  return {
    path,
    put: async (content) => await keep(await local.put(content)),
    putFile: async (file, signal) => await keep(await local.putFile(file, signal), signal),
    async *read(ref) {
      await path(ref);
      yield* local.read(ref);
    },
    async readText(ref) {
      await path(ref);
      return await local.readText(ref);
    },
    async writer() {
      const writer = await local.writer();
      return { ...writer, close: async () => await keep(await writer.close()) };
    },
  };
}

/** Content that is there already is not sent again. */
async function sent(bucket: Bucket, { sha256, bytes }: ArtifactRef, file: string, signal?: AbortSignal): Promise<void> {
  if ((await bucket.size(sha256, signal)) !== bytes) await bucket.put(sha256, file, bytes, signal);
}

async function fetched(bucket: Bucket, ref: ArtifactRef, into: ArtifactWriter): Promise<ArtifactRef> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of readS3(bucket.place(ref.sha256))) {
      hash.update(chunk);
      await into.write(chunk);
    }
    if (hash.digest('hex') !== ref.sha256) throw altered(ref);
  } catch (error) {
    await into.abort();
    throw error instanceof TunewrightError && error.code === 'source_missing' ? gone(ref, error) : error;
  }
  return await into.close();
}

async function named<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw bucketError(error);
  }
}
