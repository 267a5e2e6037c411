import type { S3 } from '@aws-sdk/client-s3';
import { putS3, s3Client } from '../sources/index.ts';

/** Objects named by their content, below a prefix of one bucket. */
export interface Bucket {
  /** Bytes of the object; undefined when it is not there. */
  size(sha256: string, signal?: AbortSignal): Promise<number | undefined>;
  put(sha256: string, file: string, bytes: number, signal?: AbortSignal): Promise<void>;
  place(sha256: string): { bucket: string; key: string };
  uri(sha256: string): string;
}

/** @param address `s3://BUCKET/PREFIX` */
export function openBucket(address: string): Bucket {
  const { hostname: bucket, pathname } = new URL(address);
  const prefix = pathname.split('/').filter(Boolean);
  let client: Promise<S3> | undefined;
  const s3 = () => {
    client ??= s3Client();
    return client;
  };
  const keyOf = (sha256: string) => [...prefix, sha256.slice(0, 2), sha256.slice(2)].join('/');
  const at = (sha256: string) => ({ Bucket: bucket, Key: keyOf(sha256) });

  return {
    place: (sha256) => ({ bucket, key: keyOf(sha256) }),
    uri: (sha256) => `s3://${bucket}/${keyOf(sha256)}`,

    async size(sha256, abortSignal) {
      try {
        return (await (await s3()).headObject(at(sha256), { ...(abortSignal ? { abortSignal } : {}) })).ContentLength;
      } catch (error) {
        if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404) return undefined;
        throw error;
      }
    },

    async put(sha256, file, bytes, abortSignal) {
      await putS3(await s3(), at(sha256), file, bytes, abortSignal);
    },
  };
}
