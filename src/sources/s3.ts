import type { S3 } from '@aws-sdk/client-s3';
import { TunewrightError } from '../contract/errors.ts';
import { type ReadOptions, resumed } from './resume.ts';
import { s3Client, s3Failure } from './s3-client.ts';

/**
 * Reads an object, with the credentials and the region that the AWS SDK finds: variables, a profile, a role. Throws
 * `source_missing`, and `source_unreadable`, with a retry where that may help.
 */
export function readS3(
  { bucket, key }: { bucket: string; key: string },
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const name = `s3://${bucket}/${key}`;
  let s3: S3 | undefined;
  let etag: string | undefined;
  return resumed(
    name,
    async (from, abortSignal) => {
      s3 ??= await s3Client();
      try {
        const rest = from > 0 ? { Range: `bytes=${from}-`, IfMatch: etag } : {};
        const request = { Bucket: bucket, Key: key, ...rest };
        const { Body, ETag, ContentLength } = await s3.getObject(request, { abortSignal });
        etag = ETag;
        return {
          body: Body as unknown as AsyncIterable<Uint8Array>,
          total: ContentLength === undefined ? undefined : from + ContentLength,
          resumable: ETag !== undefined,
        };
      } catch (error) {
        if (abortSignal.aborted) throw error;
        throw failure(name, error);
      }
    },
    options,
  );
}

function failure(name: string, error: unknown): TunewrightError {
  const { kind, status, unset, refused } = s3Failure(error);
  const common = { cause: error, ...(status === undefined ? {} : { status }) };
  if (status === 404) {
    return new TunewrightError('source_missing', `There is no ${name} (${kind}).`, {
      ...common,
      advice: 'Check bucket and key.',
    });
  }
  if (status === 412) {
    return new TunewrightError('source_unreadable', `${name} was changed while it was read.`, {
      ...common,
      advice: 'It is read again from its beginning.',
      retry: 'yes',
    });
  }
  return new TunewrightError('source_unreadable', `${name} cannot be read: ${(error as Error).message} (${kind}).`, {
    ...common,
    advice: unset
      ? 'Give the worker AWS credentials and AWS_REGION, as the AWS SDK reads them.'
      : refused
        ? 'Let the worker have s3:GetObject on it, and s3:ListBucket on the bucket.'
        : 'It is tried again.',
    ...(refused || unset ? {} : { retry: 'yes' as const }),
  });
}
