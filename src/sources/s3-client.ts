import type { S3 } from '@aws-sdk/client-s3';
import { TunewrightError } from '../contract/errors.ts';
import { silent } from './silent.ts';

/**
 * S3 with the credentials and the region that the AWS SDK finds: variables, a profile, a role. Throws `invalid_config` where
 * the SDK, which is loaded here, is not installed.
 */
export async function s3Client(): Promise<S3> {
  const { S3: Client } = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    throw new TunewrightError('invalid_config', 'S3 wants the AWS SDK, which is not installed.', {
      advice: 'Install it beside tunewright: npm install @aws-sdk/client-s3',
      cause,
    });
  });
  // Other stores than AWS's seldom have a host name for each bucket.
  const forcePathStyle = Boolean(process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL);
  return new Client({ logger: silent, followRegionRedirects: true, forcePathStyle });
}

/** What went wrong at S3, in terms of what can be done about it. */
export function s3Failure(error: unknown): { kind: string; status?: number; unset: boolean; refused: boolean } {
  const { name: kind = '', message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return {
    kind,
    ...(status === undefined ? {} : { status }),
    unset: kind === 'CredentialsProviderError' || /region is missing/i.test(message),
    refused: status !== undefined && status < 500 && status !== 408 && status !== 429,
  };
}
