import type { S3 } from '@aws-sdk/client-s3';
import { TunewrightError } from '../contract/errors.ts';
import { type ReadOptions, resumed } from './resume.ts';

/** What fails is thrown: the SDK would tell the console too. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

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
      s3 ??= await client();
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

async function client(): Promise<S3> {
  const { S3: Client } = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    throw new TunewrightError('invalid_config', 'Data from S3 want the AWS SDK, which is not installed.', {
      advice: 'Install it beside tunewright: npm install @aws-sdk/client-s3',
      cause,
    });
  });
  // Other stores than AWS's seldom have a host name for each bucket.
  const forcePathStyle = Boolean(process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL);
  return new Client({ logger: silent, followRegionRedirects: true, forcePathStyle });
}

function failure(name: string, error: unknown): TunewrightError {
  const { name: kind = '', message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
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
  const refused = status !== undefined && status < 500 && status !== 408 && status !== 429;
  const unset = kind === 'CredentialsProviderError' || /region is missing/i.test(message);
  return new TunewrightError('source_unreadable', `${name} cannot be read: ${message} (${kind}).`, {
    ...common,
    advice: unset
      ? 'Give the worker AWS credentials and AWS_REGION, as the AWS SDK reads them.'
      : refused
        ? 'Let the worker have s3:GetObject on it, and s3:ListBucket on the bucket.'
        : 'It is tried again.',
    ...(refused || unset ? {} : { retry: 'yes' as const }),
  });
}
