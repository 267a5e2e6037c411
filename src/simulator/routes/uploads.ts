import { Hono } from 'hono';
import { isObject, optionalNumber, optionalString, readJson, requiredString } from '../body.ts';
import type { AppEnv } from '../env.ts';
import { ApiError, badRequest, notFound } from '../errors.ts';
import { addFile, type FileRecord, viewFile } from '../files.ts';
import { newId } from '../ids.ts';
import { receiveForm } from '../multipart.ts';
import type { Platform } from '../platform.ts';
import type { StoredRecord } from '../store.ts';
import { readExpiry } from './files.ts';

const LIFE_MS = 3_600_000;
const MAX_BYTES = 8 * 1024 ** 3;
const PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision'];

interface UploadRecord extends StoredRecord {
  filename: string;
  bytes: number;
  purpose: string;
  status: 'pending' | 'completed' | 'cancelled';
  expiresMs: number;
  expiresAfterSeconds: number | null;
  fileId: string | null;
}

interface PartRecord extends StoredRecord {
  uploadId: string;
  bytes: number;
}

/** /v1/uploads: create, add parts, complete, cancel. */
export function uploadRoutes(platform: Platform): Hono<AppEnv> {
  const { blobs, clock, ledger, settings, store } = platform;
  const app = new Hono<AppEnv>();
  const completing = new Set<string>();

  const pending = (id: string): UploadRecord => {
    const upload = store.get<UploadRecord>('upload', id);
    if (!upload) throw notFound(`No such Upload object: ${id}`, 'upload_id');
    const status = uploadStatus(upload, clock.now());
    if (status !== 'pending') throw badRequest(`Upload ${id} is ${status}; it must be pending.`, 'upload_id');
    return upload;
  };
  const view = (upload: UploadRecord) => viewUpload(upload, platform);
  const dropParts = async (uploadId: string) => {
    const parts = store.list<PartRecord>('part', { parent: uploadId });
    store.removeChildren('part', uploadId);
    for (const part of parts) await blobs.remove(part.id);
  };

  app.post('/', async (c) => {
    const body = await readJson(c);
    const purpose = requiredString(body, 'purpose');
    if (!PURPOSES.includes(purpose)) throw badRequest(`Invalid value: '${purpose}'.`, 'purpose', 'invalid_value');
    requiredString(body, 'mime_type');
    const bytes = optionalNumber(body, 'bytes', { min: 1, max: MAX_BYTES, integer: true });
    if (bytes === undefined) throw badRequest("Missing required parameter: 'bytes'.", 'bytes');
    const expiry = isObject(body.expires_after) ? body.expires_after : {};
    const now = clock.now();
    const upload: UploadRecord = {
      id: newId('upload_'),
      createdMs: now,
      filename: requiredString(body, 'filename'),
      bytes,
      purpose,
      status: 'pending',
      expiresMs: now + LIFE_MS,
      expiresAfterSeconds: readExpiry(expiry.anchor, expiry.seconds) ?? null,
      fileId: null,
    };
    store.transaction(() => {
      store.put('upload', upload);
      ledger.add({ kind: 'upload', id: upload.id });
    });
    return c.json(view(upload));
  });

  app.post('/:id/parts', async (c) => {
    const upload = pending(c.req.param('id'));
    const id = newId('part_');
    const { file } = await receiveForm(c, blobs, {
      fileField: 'data',
      blobId: id,
      maxBytes: settings.current.maxPartBytes,
    });
    const part: PartRecord = { id, createdMs: clock.now(), uploadId: upload.id, bytes: file.bytes };
    store.put('part', part, upload.id);
    const created_at = Math.floor(part.createdMs / 1000);
    return c.json({ id, object: 'upload.part', created_at, upload_id: upload.id });
  });

  app.post('/:id/complete', async (c) => {
    const body = await readJson(c);
    const upload = pending(c.req.param('id'));
    const parts = orderedParts(platform, upload, body.part_ids);
    if (completing.has(upload.id)) throw new ApiError(409, `Upload ${upload.id} is being completed.`);
    completing.add(upload.id);
    const fileId = newId('file-');
    try {
      const joined = await blobs.join(
        fileId,
        parts.map((part) => part.id),
      );
      const md5 = optionalString(body, 'md5');
      if (md5 !== null && md5.toLowerCase() !== joined.md5) {
        throw badRequest(`The md5 of the uploaded bytes is ${joined.md5}, not ${md5}.`, 'md5', 'invalid_md5');
      }
      const completed: UploadRecord = { ...upload, status: 'completed', fileId };
      store.transaction(() => {
        addFile(platform, {
          id: fileId,
          bytes: joined.bytes,
          filename: upload.filename,
          purpose: upload.purpose,
          expiresAfterSeconds: upload.expiresAfterSeconds ?? undefined,
          fault: c.env.fileFault,
        });
        store.put('upload', completed);
      });
      await dropParts(upload.id);
      return c.json(view(completed));
    } catch (error) {
      if (!store.get('file', fileId)) await blobs.remove(fileId);
      throw error;
    } finally {
      completing.delete(upload.id);
    }
  });

  app.post('/:id/cancel', async (c) => {
    const upload: UploadRecord = { ...pending(c.req.param('id')), status: 'cancelled' };
    store.put('upload', upload);
    await dropParts(upload.id);
    return c.json(view(upload));
  });

  return app;
}

function orderedParts(platform: Platform, upload: UploadRecord, ids: unknown): PartRecord[] {
  if (!Array.isArray(ids) || ids.length === 0) throw badRequest("Missing required parameter: 'part_ids'.", 'part_ids');
  const parts = ids.map((id) => {
    const part = platform.store.get<PartRecord>('part', String(id));
    if (part?.uploadId !== upload.id) throw badRequest(`No such part in this upload: ${String(id)}`, 'part_ids');
    return part;
  });
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (bytes !== upload.bytes) {
    throw badRequest(`The parts hold ${bytes} bytes, but the upload was created for ${upload.bytes}.`, 'part_ids');
  }
  return parts;
}

function uploadStatus(upload: UploadRecord, nowMs: number): UploadRecord['status'] | 'expired' {
  return upload.status === 'pending' && nowMs >= upload.expiresMs ? 'expired' : upload.status;
}

function viewUpload(upload: UploadRecord, platform: Platform) {
  const file = upload.fileId === null ? undefined : platform.store.get<FileRecord>('file', upload.fileId);
  return {
    id: upload.id,
    object: 'upload',
    bytes: upload.bytes,
    created_at: Math.floor(upload.createdMs / 1000),
    filename: upload.filename,
    purpose: upload.purpose,
    status: uploadStatus(upload, platform.clock.now()),
    expires_at: Math.floor(upload.expiresMs / 1000),
    // Only a completed upload has a file; elsewhere the field stays out, as its schema is not nullable.
    ...(file && { file: viewFile(file, platform.clock.now()) }),
  };
}
