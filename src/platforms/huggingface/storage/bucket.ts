import type { S3 } from '@aws-sdk/client-s3';
import { TunewrightError } from '../../../contract/errors.ts';
import { putS3, readS3, s3Client, s3Failure } from '../../../sources/index.ts';
import type { Entry, Place } from './place.ts';

/**
 * A bucket of S3, or of anything that speaks its protocol, with the credentials that the AWS SDK finds. Objects appear whole.
 *
 * @param address `s3://BUCKET/PREFIX`
 */
export function bucketPlace(address: string, timeoutSeconds: number): Place {
  const { hostname: Bucket, pathname } = new URL(address);
  const root = pathname.split('/').filter(Boolean);
  const keyOf = (path: string) => [...root, path].join('/');
  let client: Promise<S3> | undefined;

  /** One call, in so much time. */
  async function call<T>(
    what: string,
    doing: (s3: S3, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    client ??= s3Client();
    try {
      return await doing(await client, { abortSignal: AbortSignal.timeout(timeoutSeconds * 1000) });
    } catch (error) {
      throw failure(what, error);
    }
  }

  async function list(what: string, asked: { Prefix: string; Delimiter?: string }): Promise<Entry[]> {
    const found: Entry[] = [];
    let ContinuationToken: string | undefined;
    do {
      const from = ContinuationToken ? { ContinuationToken } : {};
      const page = await call(
        what,
        async (s3, options) => await s3.listObjectsV2({ Bucket, ...asked, ...from }, options),
      );
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        found.push({ name: Key, bytes: Size, createdAt: LastModified?.getTime() ?? 0 });
      }
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) {
        found.push({ name: Prefix.slice(0, -1), bytes: 0, createdAt: 0 });
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return found;
  }

  const first = async (Prefix: string) =>
    await call(`Looking for ${Prefix}`, async (s3, options) => {
      const { Contents = [] } = await s3.listObjectsV2({ Bucket, Prefix, MaxKeys: 1 }, options);
      return Contents[0]?.Key;
    });

  return {
    check: async () => void (await first(keyOf(''))),

    async entries(folder, prefix = '') {
      const below = keyOf(`${folder}/`);
      const found = await list(`Listing ${folder}`, { Prefix: `${below}${prefix}`, Delimiter: '/' });
      return found.map(({ name, ...about }) => ({ name: name.slice(below.length), ...about }));
    },

    has: async (path) => (await first(keyOf(path))) === keyOf(path) || (await first(keyOf(`${path}/`))) !== undefined,

    async put(path, { path: source, name, bytes }, signal) {
      client ??= s3Client();
      try {
        await putS3(await client, { Bucket, Key: keyOf(path) }, source, bytes, signal);
      } catch (error) {
        if (signal?.aborted) throw error;
        throw failure(`Uploading ${name}`, error);
      }
    },

    async text(path) {
      try {
        return await call(`Reading ${path}`, async (s3, options) => {
          const { Body } = await s3.getObject({ Bucket, Key: keyOf(path) }, options);
          return (await Body?.transformToString()) ?? '';
        });
      } catch (error) {
        if (error instanceof TunewrightError && error.status === 404) return undefined;
        throw error;
      }
    },

    async *read(path, signal) {
      try {
        yield* readS3({ bucket: Bucket, key: keyOf(path) }, { signal });
      } catch (error) {
        if (!(error instanceof TunewrightError && error.code === 'source_missing')) throw error;
        throw new TunewrightError('not_found', `There is no ${path} in the storage.`, {
          advice: `Look into ${address}.`,
          status: 404,
          cause: error,
        });
      }
    },

    async remove(path) {
      const inside = await list(`Listing ${path}`, { Prefix: keyOf(`${path}/`) });
      for (const Key of [keyOf(path), ...inside.map(({ name }) => name)]) {
        await call(`Removing ${path}`, async (s3, options) => await s3.deleteObject({ Bucket, Key }, options));
      }
    },
    removeCommand: (paths) =>
      paths.map((path) => `aws s3 rm --recursive 's3://${Bucket}/${keyOf(path)}/'`).join(' && '),
  };
}

function failure(what: string, cause: unknown): unknown {
  if (cause instanceof TunewrightError) return cause;
  const { kind, status, unset, refused } = s3Failure(cause);
  const message = `${what}: S3 answered ${kind}: ${(cause as Error).message}`;
  const about = { cause, ...(status === undefined ? {} : { status }) };
  if (unset) {
    return new TunewrightError('missing_key', message, {
      ...about,
      advice: 'Give worker, gateway and command line AWS credentials and AWS_REGION, as the AWS SDK reads them.',
    });
  }
  if (refused) {
    return new TunewrightError('forbidden', message, {
      ...about,
      advice:
        'Let them have s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload below the storage, and s3:ListBucket on the bucket.',
    });
  }
  return new TunewrightError('platform_unavailable', message, { ...about, advice: 'It is tried again.', retry: 'yes' });
}
