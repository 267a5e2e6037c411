import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { s3Client } from '../sources/index.ts';

/** Larger files go in parts: one put takes 5 GB, and a broken one begins anew. */
const partBytes = 64 * 1024 * 1024;

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
      const options = { ...(abortSignal ? { abortSignal } : {}) };
      if (bytes > partBytes) return await inParts(await s3(), at(sha256), file, bytes, options);
      const Body = createReadStream(file);
      try {
        await (await s3()).putObject({ ...at(sha256), Body, ContentLength: bytes }, options);
      } finally {
        Body.destroy();
      }
    },
  };
}

/** An object appears whole, with the last call. Parts of one that failed are removed: they would be billed. */
async function inParts(
  s3: S3,
  at: { Bucket: string; Key: string },
  path: string,
  bytes: number,
  options: { abortSignal?: AbortSignal },
): Promise<void> {
  const { UploadId } = await s3.createMultipartUpload({ ...at, ChecksumAlgorithm: 'CRC32' }, options);
  const upload = { ...at, UploadId };
  const file = await open(path);
  try {
    const Parts = [];
    const buffer = Buffer.alloc(partBytes);
    for (let PartNumber = 1, start = 0; start < bytes; PartNumber++, start += partBytes) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(partBytes, bytes - start), start);
      const Body = buffer.subarray(0, bytesRead);
      const { ETag, ChecksumCRC32 } = await s3.uploadPart(
        { ...upload, PartNumber, Body, ChecksumAlgorithm: 'CRC32' },
        options,
      );
      Parts.push({ PartNumber, ETag, ...(ChecksumCRC32 ? { ChecksumCRC32 } : {}) });
    }
    await s3.completeMultipartUpload({ ...upload, MultipartUpload: { Parts } }, options);
  } catch (error) {
    await s3.abortMultipartUpload(upload).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}
