import { Readable } from 'node:stream';
import { Hono } from 'hono';
import type { ArtifactStore } from '../../artifacts/index.ts';
import type { Records, UploadedFile } from '../../records/index.ts';
import type { Caller } from '../access.ts';
import { ApiError, refused } from './errors.ts';
import { receiveForm } from './form.ts';
import { pageSize } from './paging.ts';

export interface FilesContext {
  records(): Promise<Records>;
  store: ArtifactStore;
}

/** Of OpenAI, for one request. */
const mostBytes = 512 * 1024 * 1024;
const mostListed = 10_000;
export const purposes = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];

/** `/files`: what training scripts upload, kept in the artifact store. */
export function files({ records, store }: FilesContext): Hono<Caller> {
  const app = new Hono<Caller>();

  async function existing(id: string): Promise<UploadedFile> {
    const file = await (await records()).getFile(id);
    if (!file) throw new ApiError(404, `There is no file ${id}.`, { param: 'id' });
    return file;
  }

  app.post('/', async (c) => {
    const { fields, filename, content } = await receiveForm(c, store, 'file', mostBytes);
    const { purpose = '' } = fields;
    if (!purposes.includes(purpose)) throw refused(`purpose is none of ${purposes.join(', ')}.`, 'purpose');
    if (content.bytes === 0) throw refused('The file is empty.', 'file');
    return c.json(viewFile(await (await records()).addFile({ filename, purpose, content }, c.var.caller)));
  });

  app.get('/', async (c) => {
    const { purpose, after, order = 'desc' } = c.req.query();
    if (order !== 'asc' && order !== 'desc') throw refused('order is neither asc nor desc.', 'order');
    const limit = pageSize(c, mostListed, mostListed);
    const found = await (await records()).listFiles({ limit: limit + 1, order, purpose, after });
    const data = found.slice(0, limit).map(viewFile);
    // The published schema asks for strings even where the list is empty.
    const ends = { first_id: data[0]?.id ?? '', last_id: data.at(-1)?.id ?? '' };
    return c.json({ object: 'list', data, ...ends, has_more: found.length > limit });
  });

  app.get('/:id', async (c) => c.json(viewFile(await existing(c.req.param('id')))));

  app.get('/:id/content', async (c) => {
    const { content, filename } = await existing(c.req.param('id'));
    return c.body(Readable.toWeb(Readable.from(store.read(content))) as ReadableStream<Uint8Array>, 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(content.bytes),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`,
    });
  });

  app.delete('/:id', async (c) => {
    const { id } = await existing(c.req.param('id'));
    await (await records()).removeFile(id);
    return c.json({ id, object: 'file', deleted: true });
  });
  return app;
}

/** In the words of OpenAI's API: what is in the store is ready. */
export function viewFile({ id, createdAt, filename, purpose, content }: UploadedFile) {
  const created_at = Math.floor(Date.parse(createdAt) / 1000);
  return { id, object: 'file', bytes: content.bytes, created_at, filename, purpose, status: 'processed' };
}
