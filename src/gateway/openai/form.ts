import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Busboy } from '@fastify/busboy';
import type { Context } from 'hono';
import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { ApiError, refused, tooLarge } from './errors.ts';

/** A form with one file, whose content is in the artifact store. */
export interface Form {
  fields: Record<string, string>;
  filename: string;
  content: ArtifactRef;
}

/** Streams a multipart form into the store. Throws an {@link ApiError} for what is no such form, `disk_full`. */
export async function receiveForm(c: Context, store: ArtifactStore, name: string, mostBytes: number): Promise<Form> {
  const type = c.req.header('content-type') ?? '';
  const { body } = c.req.raw;
  if (!type.startsWith('multipart/form-data') || !body) {
    throw refused(`The request has to be multipart/form-data with a field "${name}".`, name);
  }
  const fields: Record<string, string> = {};
  let saving: Promise<Pick<Form, 'filename' | 'content'>> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const parser = new Busboy({ headers: { 'content-type': type }, limits: { fileSize: mostBytes } });
      const source = Readable.fromWeb(body as ReadableStream<Uint8Array>);
      parser.on('field', (field, value) => void Object.assign(fields, { [field]: value }));
      parser.on('file', (field, stream, filename) => {
        endsWith(stream, source);
        if (field !== name || saving) return void stream.resume();
        saving = store.put(stream).then((content) => {
          if (stream.truncated) throw tooLarge(mostBytes);
          return { filename: filename || 'file', content };
        });
        saving.catch(reject);
      });
      parser.on('finish', resolve);
      parser.on('error', reject);
      source.on('error', reject).pipe(parser);
    });
  } catch (error) {
    // Until what was begun is removed again.
    await saving?.catch(() => undefined);
    if (error instanceof ApiError || error instanceof TunewrightError) throw error;
    throw refused(`The form cannot be read: ${error instanceof Error ? error.message : String(error)}`, name);
  }
  if (!saving) throw refused(`The form has no file "${name}".`, name, 'missing_required_parameter');
  return { fields, ...(await saving) };
}

/** A file breaks off with its form: nobody waits for the rest of it, and who does not read it yet is told later. */
function endsWith(stream: Readable, source: Readable): void {
  stream.on('error', (error) => stream.destroy(error));
  source.on('error', (error) => stream.destroy(error));
}
