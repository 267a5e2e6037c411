import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';
import { badRequest, notFound } from '../errors.ts';
import { addFile, type FileRecord, findFile, UPLOAD_PURPOSES, viewFile } from '../files.ts';
import { newId } from '../ids.ts';
import { receiveForm } from '../multipart.ts';
import { readPage } from '../paging.ts';
import type { Platform } from '../platform.ts';

/** /v1/files: create, list, retrieve, content, delete. */
export function fileRoutes(platform: Platform): Hono<AppEnv> {
  const { blobs, clock, settings, store } = platform;
  const app = new Hono<AppEnv>();

  const existing = (id: string): FileRecord => {
    const file = findFile(platform, id);
    if (!file) throw notFound(`No such File object: ${id}`, 'id');
    return file;
  };

  app.post('/', async (c) => {
    const id = newId('file-');
    const form = await receiveForm(c, blobs, {
      fileField: 'file',
      blobId: id,
      maxBytes: settings.current.maxFileBytes,
    });
    try {
      const purpose = checkPurpose(form.fields.purpose);
      if (form.file.bytes === 0) throw badRequest('File is empty.', 'file');
      const record = store.transaction(() =>
        addFile(platform, {
          id,
          ...form.file,
          purpose,
          expiresAfterSeconds: readExpiry(form.fields['expires_after[anchor]'], form.fields['expires_after[seconds]']),
          fault: c.env.fileFault,
        }),
      );
      return c.json(viewFile(record, clock.now()));
    } catch (error) {
      await blobs.remove(id);
      throw error;
    }
  });

  app.get('/', (c) => {
    const order = c.req.query('order') ?? 'desc';
    if (order !== 'asc' && order !== 'desc') throw badRequest(`Invalid value: '${order}'.`, 'order');
    const purpose = c.req.query('purpose');
    const { data, hasMore } = readPage<FileRecord>(c, store, 'file', {
      defaultLimit: 10_000,
      maxLimit: 10_000,
      query: {
        order,
        createdUntilMs: clock.now() - settings.current.listLagMs,
        ...(purpose && { where: { field: 'purpose', value: purpose } }),
      },
    });
    const files = data.filter((file) => file.expiresMs === null || file.expiresMs > clock.now());
    return c.json({
      object: 'list',
      data: files.map((file) => viewFile(file, clock.now())),
      // The published schema asks for strings even where the list is empty.
      first_id: data[0]?.id ?? '',
      last_id: data.at(-1)?.id ?? '',
      has_more: hasMore,
    });
  });

  app.get('/:id', (c) => c.json(viewFile(existing(c.req.param('id')), clock.now())));

  app.get('/:id/content', (c) => {
    const file = existing(c.req.param('id'));
    const bytes = Readable.toWeb(createReadStream(blobs.path(file.id))) as ReadableStream<Uint8Array>;
    return c.body(bytes, 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(file.bytes),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.filename)}`,
    });
  });

  app.delete('/:id', async (c) => {
    const file = existing(c.req.param('id'));
    store.remove('file', file.id);
    await blobs.remove(file.id);
    return c.json({ object: 'file', deleted: true, id: file.id });
  });

  return app;
}

function checkPurpose(purpose: string | undefined): string {
  if (!purpose) throw badRequest("Missing required parameter: 'purpose'.", 'purpose', 'missing_required_parameter');
  if (!UPLOAD_PURPOSES.includes(purpose)) {
    throw badRequest(`'${purpose}' is not one of ['${UPLOAD_PURPOSES.join("', '")}'] - 'purpose'`, 'purpose');
  }
  return purpose;
}

/** Seconds after which a file expires, from the form's or body's `expires_after`; undefined when absent. */
export function readExpiry(anchor: unknown, seconds: unknown): number | undefined {
  if (anchor === undefined && seconds === undefined) return undefined;
  const number = Number(seconds);
  if (anchor !== 'created_at' || !Number.isInteger(number) || number < 3600 || number > 2_592_000) {
    throw badRequest(
      "'expires_after' needs anchor 'created_at' and seconds between 3600 and 2592000.",
      'expires_after',
    );
  }
  return number;
}
