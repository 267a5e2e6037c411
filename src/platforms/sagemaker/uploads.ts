import { TunewrightError } from '../../contract/errors.ts';
import type { PlatformEntry } from '../catalogue.ts';
import { partCount, partTimeoutMs, sendParts } from '../parts.ts';
import type { FileToUpload, UploadOptions, UploadState } from '../platform.ts';
import type { Aws } from './aws.ts';

/** Goes on with the parts that S3 does not have; an upload that it does not know any more is begun anew. */
export async function putInParts(
  { call, find }: Aws,
  file: FileToUpload,
  at: { Bucket: string; Key: string },
  limits: PlatformEntry['limits'],
  { resume, onProgress, signal }: UploadOptions,
): Promise<void> {
  // Parts of another size than today's do not fit together with new ones.
  const begun = resume?.partIds.length === partCount(file, limits) ? await standing(resume) : undefined;
  await finish(begun ?? (await begin()));

  async function standing({ uploadId, partIds }: UploadState): Promise<UploadState | undefined> {
    const has = Array<string | null>(partIds.length).fill(null);
    let PartNumberMarker: string | undefined;
    do {
      const marker = PartNumberMarker ? { PartNumberMarker } : {};
      const page = await find(
        'Looking at the upload',
        async ({ s3 }, options) => await s3.listParts({ ...at, UploadId: uploadId, ...marker }, options),
        signal,
      );
      if (!page) return undefined;
      for (const { PartNumber = 0, ...part } of page.Parts ?? []) has[PartNumber - 1] = partId(part);
      PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (PartNumberMarker);
    return { uploadId, partIds: has };
  }

  async function begin(): Promise<UploadState> {
    const made = await call(
      'Beginning the upload',
      async ({ s3 }, options) => await s3.createMultipartUpload({ ...at, ChecksumAlgorithm: 'CRC32' }, options),
      { signal },
    );
    return { uploadId: named(made.UploadId), partIds: Array<null>(partCount(file, limits)).fill(null) };
  }

  async function finish(upload: UploadState): Promise<void> {
    const whole = { ...at, UploadId: upload.uploadId };
    await sendParts(file, limits, upload, onProgress, async (content, part) => {
      const Body = new Uint8Array(await content.arrayBuffer());
      const sent = await call(
        'Uploading a part',
        async ({ s3 }, options) =>
          await s3.uploadPart({ ...whole, PartNumber: part + 1, Body, ChecksumAlgorithm: 'CRC32' }, options),
        { signal, timeoutMs: partTimeoutMs },
      );
      return partId(sent);
    });
    const Parts = upload.partIds.map((id, part) => {
      const [ETag, ChecksumCRC32] = (id ?? '').split(' ');
      return { ETag, ...(ChecksumCRC32 ? { ChecksumCRC32 } : {}), PartNumber: part + 1 };
    });
    try {
      await call(
        'Completing the upload',
        async ({ s3 }, options) => await s3.completeMultipartUpload({ ...whole, MultipartUpload: { Parts } }, options),
        { signal, timeoutMs: partTimeoutMs },
      );
    } catch (error) {
      // Nobody goes on with it, and its parts are billed.
      if (error instanceof TunewrightError && error.code === 'refused') {
        await call('Ending the upload', async ({ s3 }, options) => await s3.abortMultipartUpload(whole, options));
      }
      throw error;
    }
  }
}

/** S3 wants the checksum of each part, which it has been told, again in the end. */
function partId({ ETag, ChecksumCRC32 = '' }: { ETag?: string; ChecksumCRC32?: string }): string {
  return `${named(ETag)} ${ChecksumCRC32}`.trimEnd();
}

function named(id: string | undefined): string {
  if (id !== undefined) return id;
  throw new TunewrightError('bad_answer', 'S3 named no id of an upload.', {
    advice: 'It is tried again.',
    retry: 'unsure',
  });
}
