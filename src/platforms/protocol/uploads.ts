import type OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { PlatformEntry } from '../catalogue.ts';
import { partCount, partTimeoutMs, sendParts } from '../parts.ts';
import type { FileToUpload, RemoteFile, UploadOptions, UploadState } from '../platform.ts';
import { named } from './errors.ts';
import { partShape, uploadShape } from './shapes.ts';

/**
 * Uploads a file in parts, some at a time. With `options.resume` only the parts that are missing are sent; an upload
 * that the platform no longer takes parts for (it expires after an hour) is begun anew.
 */
export async function uploadInParts(
  client: OpenAI,
  file: FileToUpload,
  limits: PlatformEntry['limits'],
  options: UploadOptions,
): Promise<RemoteFile> {
  // Parts of another size than today's do not fit together with new ones.
  const { resume, signal } = options;
  const resumed = resume?.partIds.length === partCount(file, limits);
  if (resumed) {
    try {
      return await finish(client, file, limits, options, resume);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  const state = await begin(client, file, limits, signal);
  return await finish(client, file, limits, options, state, resumed);
}

function isRefusal(error: unknown): boolean {
  return error instanceof TunewrightError && (error.code === 'refused' || error.code === 'not_found');
}

/** @param wasRefused an upload of this file was refused before: then it is the platform's own doing */
async function finish(
  client: OpenAI,
  file: FileToUpload,
  limits: PlatformEntry['limits'],
  { signal, onProgress }: UploadOptions,
  state: UploadState,
  wasRefused = false,
): Promise<RemoteFile> {
  const wasWhole = state.partIds.every((id) => id !== null);
  await sendParts(file, limits, state, onProgress, async (content, part) => {
    const data = new File([content], `part-${part}`);
    const answer = await named('Uploading a part', async () =>
      partShape.parse(await client.uploads.parts.create(state.uploadId, { data }, { signal, timeout: partTimeoutMs })),
    );
    return answer.id;
  });

  try {
    return await named('Completing the upload', async () => {
      const part_ids = state.partIds.filter((id) => id !== null);
      const upload = uploadShape.parse(await client.uploads.complete(state.uploadId, { part_ids }, { signal }));
      return uploaded(upload.file, upload.id);
    });
  } catch (cause) {
    if (wasWhole || wasRefused || !isRefusal(cause)) throw cause;
    throw repeatedOnTheWay(cause as TunewrightError);
  }
}

/** Of a request that arrived twice the second one is refused, and that is the answer: the file may be there. */
function repeatedOnTheWay(cause: TunewrightError): TunewrightError {
  return new TunewrightError('answer_lost', cause.message, {
    advice: 'It is looked up before it is tried again.',
    retry: 'unsure',
    cause,
  });
}

async function begin(
  client: OpenAI,
  file: FileToUpload,
  limits: PlatformEntry['limits'],
  signal: AbortSignal | undefined,
): Promise<UploadState> {
  const upload = await named('Beginning the upload', async () =>
    uploadShape.parse(
      await client.uploads.create(
        { filename: file.name, bytes: file.bytes, mime_type: 'application/jsonl', purpose: 'fine-tune' },
        { signal },
      ),
    ),
  );
  return { uploadId: upload.id, partIds: Array<null>(partCount(file, limits)).fill(null) };
}

function uploaded(
  file: { id: string; filename: string; bytes: number } | null | undefined,
  uploadId: string,
): RemoteFile {
  if (file) return { id: file.id, name: file.filename, bytes: file.bytes };
  throw new TunewrightError('bad_answer', `The upload ${uploadId} was completed but names no file.`, {
    advice: 'It is looked up and tried again.',
    retry: 'unsure',
  });
}
