import { createHash, randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { UploadedFile } from '../../records/index.ts';
import type { Caller } from '../access.ts';
import { ApiError, refused } from './errors.ts';
import { type FilesContext, purposes, viewFile } from './files.ts';
import { receiveForm } from './form.ts';
import { jsonOf, smallBody } from './json.ts';

/** Of OpenAI. */
const mostPartBytes = 64 * 1024 * 1024;
const mostBytes = 8 * 1024 ** 3;
const lifeMs = 3_600_000;

const newUpload = z.object({
  filename: z.string().min(1),
  purpose: z.enum(purposes),
  bytes: z.int().min(1).max(mostBytes),
});
const kept = newUpload.extend({ createdMs: z.number() });
type Upload = z.infer<typeof kept> & { id: string };

const completion = z.object({ part_ids: z.array(z.string()).min(1), md5: z.string().nullish() });

/** `/uploads`: a file in parts. What was begun is in the artifact store, and its id names it there. */
export function uploads({ records, store }: FilesContext): Hono<Caller> {
  const app = new Hono<Caller>();

  async function existing(id: string): Promise<Upload> {
    const ref = artifactOf(id);
    const text = ref && (await store.readText(ref).catch(unlessMissing));
    const upload = text === undefined ? undefined : kept.safeParse(parsed(text)).data;
    if (!upload) throw new ApiError(404, `There is no upload ${id}.`, { param: 'upload_id' });
    if (Date.now() > upload.createdMs + lifeMs) throw refused(`The upload ${id} has expired.`, 'upload_id');
    return { ...upload, id };
  }

  app.post('/', smallBody, async (c) => {
    const upload = { ...(await jsonOf(c, newUpload)), createdMs: Date.now() };
    const ref = await store.put(JSON.stringify({ ...upload, nonce: randomUUID() }));
    return c.json(view({ ...upload, id: `upload_${ref.sha256}-${ref.bytes}` }, 'pending'));
  });

  app.post('/:id/parts', async (c) => {
    const upload = await existing(c.req.param('id'));
    const { content } = await receiveForm(c, store, 'data', mostPartBytes);
    const created_at = Math.floor(Date.now() / 1000);
    const id = await (await records()).addPart(upload.id, content);
    return c.json({ id, object: 'upload.part', created_at, upload_id: upload.id });
  });

  app.post('/:id/complete', smallBody, async (c) => {
    const upload = await existing(c.req.param('id'));
    const { part_ids: ids, md5 } = await jsonOf(c, completion);
    const there = await (await records()).partsOf(upload.id);
    const parts = ids.map((id) => there.get(id) ?? noPart(id));
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    if (bytes !== upload.bytes) throw refused(`The parts hold ${bytes} bytes, not ${upload.bytes}.`, 'part_ids');
    const hash = createHash('md5');
    const content = await store.put(joined(store, parts, (chunk) => void hash.update(chunk)));
    const found = hash.digest('hex');
    if (md5 && md5.toLowerCase() !== found) throw refused(`The md5 of what was uploaded is ${found}.`, 'md5');
    const file = await (await records()).addFile({ ...upload, content }, c.var.caller);
    return c.json(view(upload, 'completed', file));
  });

  app.post('/:id/cancel', async (c) => c.json(view(await existing(c.req.param('id')), 'cancelled')));
  return app;
}

async function* joined(
  store: ArtifactStore,
  parts: readonly ArtifactRef[],
  seen: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    for await (const chunk of store.read(part)) {
      seen(chunk);
      yield chunk;
    }
  }
}

function artifactOf(id: string): ArtifactRef | undefined {
  const [, sha256, bytes] = /^upload_([0-9a-f]{64})-(\d{1,12})$/.exec(id) ?? [];
  return sha256 === undefined ? undefined : { sha256, bytes: Number(bytes), uri: id };
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof TunewrightError && error.code === 'artifact_missing')) throw error;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noPart(id: string): never {
  throw refused(`This upload has no part ${id}.`, 'part_ids');
}

function view({ id, bytes, createdMs, filename, purpose }: Upload, status: string, file?: UploadedFile) {
  return {
    id,
    object: 'upload',
    bytes,
    created_at: Math.floor(createdMs / 1000),
    filename,
    purpose,
    status,
    expires_at: Math.floor((createdMs + lifeMs) / 1000),
    ...(file ? { file: viewFile(file) } : {}),
  };
}
