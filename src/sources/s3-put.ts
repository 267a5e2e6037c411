import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { S3 } from '@aws-sdk/client-s3';

/** Larger files go in parts: one put takes 5 GB, and a broken one begins anew. */
const partBytes = 64 * 1024 * 1024;

interface Where {
  Bucket: string;
  Key: string;
}

/** Puts a local file there: all of it, or nothing. */
export async function putS3(s3: S3, at: Where, file: string, bytes: number, abortSignal?: AbortSignal): Promise<void> {
  const options = { ...(abortSignal ? { abortSignal } : {}) };
  if (bytes > partBytes) return await inParts(s3, at, file, bytes, options);
  const Body = createReadStream(file);
  try {
    await s3.putObject({ ...at, Body, ContentLength: bytes }, options);
  } finally {
    Body.destroy();
  }
}

/** An object appears whole, with the last call. Parts of one that failed are removed: they would be billed. */
async function inParts(
  s3: S3,
  at: Where,
  path: string,
  bytes: number,
  options: { abortSignal?: AbortSignal },
): Promise<void> {
  // Not broken off: without its answer nobody could remove what it has begun.
  const { UploadId } = await s3.createMultipartUpload({ ...at, ChecksumAlgorithm: 'CRC32' });
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
