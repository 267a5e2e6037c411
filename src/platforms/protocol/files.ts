import { openAsBlob } from 'node:fs';
import type OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { PlatformEntry } from '../catalogue.ts';
import type { FileToUpload, RemoteFile, TrainingPlatform, UploadOptions } from '../platform.ts';
import { named } from './errors.ts';
import { listAll } from './lists.ts';
import { fileShape } from './shapes.ts';
import { uploadInParts } from './uploads.ts';

type FileMethods = Required<
  Pick<TrainingPlatform, 'findFiles' | 'uploadFile' | 'isFileReady' | 'deleteFile' | 'readFile'>
>;

/** What a file is for, by the platform's words. */
export type Purpose = 'fine-tune' | 'batch';
const training: Purpose = 'fine-tune';

/** Large files must not end at the client's ordinary timeout: one second for every 256 KiB, on top of it. */
const uploadTimeoutMs = (bytes: number, ordinaryMs: number) => ordinaryMs + Math.ceil(bytes / (256 * 1024)) * 1000;

export function files(client: OpenAI, limits: PlatformEntry['limits']): FileMethods {
  return {
    findFiles: async (namePrefix, signal) => await findFiles(client, training, namePrefix, signal),

    async uploadFile(file, options) {
      if (file.bytes > limits.uploadBytes) {
        throw new TunewrightError(
          'too_large',
          `${file.name} has ${file.bytes} bytes, the limit is ${limits.uploadBytes}.`,
          {
            advice: 'Split the data set, or train on a sample of it.',
          },
        );
      }
      return file.bytes > limits.fileBytes
        ? await uploadInParts(client, file, limits, options)
        : await uploadWhole(client, training, file, options);
    },

    async isFileReady(id, signal) {
      const answer = await named('Looking at the file', async () =>
        fileShape.parse(await client.files.retrieve(id, { signal })),
      );
      if (answer.status === 'error' || answer.status === 'deleted') {
        throw new TunewrightError(
          'refused',
          `The platform rejected the file: ${answer.status_details ?? answer.status}`,
          {
            advice: 'Mend the data set and start again.',
          },
        );
      }
      // `status` is deprecated; an endpoint that does not send it has nothing to wait for.
      return answer.status === undefined || answer.status === 'processed';
    },

    async *readFile(id, signal) {
      const what = `Reading the file ${id}`;
      const answer = await named(what, async () => await client.files.content(id, { signal }));
      const chunks = answer.body?.[Symbol.asyncIterator]();
      if (!chunks) return;
      try {
        for (;;) {
          const chunk = await named(what, async () => await chunks.next());
          if (chunk.done) return;
          yield chunk.value;
        }
      } finally {
        // Whoever reads no further lets the connection go.
        await chunks.return?.();
      }
    },

    async deleteFile(id, signal) {
      await ignoreMissing(named('Deleting the file', async () => await client.files.delete(id, { signal })));
    },
  };
}

/** Every file of the purpose whose name starts so; all pages are read. */
export async function findFiles(
  client: OpenAI,
  purpose: Purpose,
  namePrefix: string,
  signal: AbortSignal | undefined,
): Promise<RemoteFile[]> {
  return await named('Listing the files', async () => {
    const found: RemoteFile[] = [];
    for await (const file of listAll(client, '/files', { purpose, limit: 10_000 }, signal)) {
      const { id, filename, bytes } = fileShape.parse(file);
      if (filename.startsWith(namePrefix)) found.push({ id, name: filename, bytes });
    }
    return found;
  });
}

export async function uploadWhole(
  client: OpenAI,
  purpose: Purpose,
  file: FileToUpload,
  options: UploadOptions,
): Promise<RemoteFile> {
  // Backed by the file on disk: a stream handed to the SDK would be collected in memory first.
  const blob = await openAsBlob(file.path);
  return await named('Uploading the file', async () => {
    const answer = await client.files.create(
      { file: new File([blob], file.name), purpose },
      { signal: options.signal, timeout: uploadTimeoutMs(file.bytes, client.timeout) },
    );
    const { id, filename, bytes } = fileShape.parse(answer);
    options.onProgress?.(file.bytes);
    return { id, name: filename, bytes };
  });
}

/** Deleting what is gone already is success. */
export async function ignoreMissing(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof TunewrightError && error.status === 404)) throw error;
  }
}
