import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import type { Context } from 'hono';
import type { Blobs } from './blobs.ts';
import { ApiError, badRequest } from './errors.ts';

/** A form with one file, whose bytes are already on disk as the blob of the id asked for. */
interface ReceivedForm {
  fields: Record<string, string>;
  file: { filename: string; bytes: number };
}

/**
 * Streams a multipart/form-data body to disk. The blob is removed again when anything fails.
 * Throws a 400 for a body that is no such form or lacks the file, a 413 for a file over `maxBytes`.
 */
export async function receiveForm(
  c: Context,
  blobs: Blobs,
  options: { fileField: string; blobId: string; maxBytes: number },
): Promise<ReceivedForm> {
  const contentType = c.req.header('content-type') ?? '';
  if (!contentType.startsWith('multipart/form-data') || !c.req.raw.body) {
    throw badRequest(`The request must be multipart/form-data with a '${options.fileField}' field.`, options.fileField);
  }
  const fields: Record<string, string> = {};
  let saving: Promise<ReceivedForm['file']> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const parser = new Busboy({ headers: { 'content-type': contentType }, limits: { fileSize: options.maxBytes } });
      const body = Readable.fromWeb(c.req.raw.body as ReadableStream<Uint8Array>);
      parser.on('field', (name, value) => {
        fields[name] = value;
      });
      parser.on('file', (name, stream, filename) => {
        endsWith(stream, body);
        if (name !== options.fileField || saving) return void stream.resume();
        saving = save(blobs, options.blobId, stream, filename);
        saving.catch(reject);
      });
      parser.on('finish', resolve);
      parser.on('error', reject);
      body.on('error', reject).pipe(parser);
    });
    if (!saving) throw badRequest(`Missing required parameter: '${options.fileField}'.`, options.fileField);
    return { fields, file: await saving };
  } catch (error) {
    await saving?.catch(() => undefined);
    await blobs.remove(options.blobId);
    if (error instanceof ApiError) throw error;
    throw badRequest(`Could not read the multipart form: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function save(blobs: Blobs, id: string, stream: BusboyFileStream, filename: string) {
  const bytes = await blobs.write(id, stream);
  if (stream.truncated) {
    throw new ApiError(413, `Maximum content size limit (${bytes}) exceeded.`, { code: 'content_size_limit_exceeded' });
  }
  return { filename: filename || 'file', bytes };
}

/** A file breaks off with its form: nobody waits for the rest of it, and who does not read it yet is told later. */
function endsWith(stream: Readable, source: Readable): void {
  stream.on('error', (error) => stream.destroy(error));
  source.on('error', (error) => stream.destroy(error));
}
