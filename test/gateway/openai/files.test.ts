import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, { toFile } from 'openai';
import { validatingFetch } from '../../simulator/schemas.ts';
import { until } from '../../simulator/support.ts';
import { serviceKey } from '../registry.ts';
import { onEnd } from '../support.ts';
import { front } from './support.ts';

async function clientOf(): Promise<OpenAI> {
  const { url } = await front();
  return new OpenAI({ baseURL: url, apiKey: serviceKey, maxRetries: 0, fetch: validatingFetch });
}

const lines = '{"messages":[{"role":"user","content":"ü"},{"role":"assistant","content":"x"}]}\n';

test('a file is kept, shown, read back, listed and forgotten', async () => {
  const client = await clientOf();
  const send = async (name: string) =>
    await client.files.create({ file: await toFile(Buffer.from(lines), name), purpose: 'fine-tune' });
  const file = await send('train ü.jsonl');
  expect(file).toMatchObject({
    filename: 'train ü.jsonl',
    bytes: Buffer.byteLength(lines),
    purpose: 'fine-tune',
    status: 'processed',
  });
  expect(await client.files.waitForProcessing(file.id)).toEqual(file);
  expect(await (await client.files.content(file.id)).text()).toBe(lines);
  const others = [await send('2.jsonl'), await send('3.jsonl')];
  const listed = [];
  for await (const { id } of client.files.list({ limit: 2, order: 'asc' })) listed.push(id);
  expect(listed).toEqual([file.id, ...others.map(({ id }) => id)]);
  expect((await client.files.list({ purpose: 'batch' })).data).toEqual([]);
  expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
  await expect(client.files.retrieve(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
});

test('a file is sent in parts, in whatever order they come', async () => {
  const client = await clientOf();
  const content = lines.repeat(100);
  const bytes = Buffer.byteLength(content);
  const upload = await client.uploads.create({
    filename: 'big.jsonl',
    purpose: 'fine-tune',
    bytes,
    mime_type: 'text/jsonl',
  });
  const [head, tail] = [Buffer.from(content).subarray(0, 1000), Buffer.from(content).subarray(1000)];
  const last = await client.uploads.parts.create(upload.id, { data: await toFile(tail, 'part') });
  const first = await client.uploads.parts.create(upload.id, { data: await toFile(head, 'part') });
  const complete = (part_ids: string[], md5?: string) =>
    client.uploads.complete(upload.id, { part_ids, ...(md5 ? { md5 } : {}) });
  await expect(complete([first.id])).rejects.toThrow(/hold 1000 bytes/);
  await expect(complete([first.id, 'part_none'])).rejects.toThrow(/no part part_none/);
  await expect(complete([last.id, first.id], createHash('md5').update(content).digest('hex'))).rejects.toThrow(/md5/);
  const done = await complete([first.id, last.id], createHash('md5').update(content).digest('hex'));
  expect(done).toMatchObject({ status: 'completed', file: { filename: 'big.jsonl', bytes } });
  expect(await (await client.files.content(done.file?.id ?? '')).text()).toBe(content);
  expect(await client.uploads.cancel(upload.id)).toMatchObject({ status: 'cancelled' });
});

test('a part is of its upload alone', async () => {
  const client = await clientOf();
  const begin = async () =>
    await client.uploads.create({ filename: 'a', purpose: 'fine-tune', bytes: 1, mime_type: 'text/plain' });
  const [one, other] = [await begin(), await begin()];
  const { id } = await client.uploads.parts.create(one.id, { data: await toFile(Buffer.from('x'), 'part') });
  await expect(client.uploads.complete(other.id, { part_ids: [id] })).rejects.toThrow(/no part/);
  await expect(client.uploads.cancel('upload_none')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
});

test.each([
  ['a purpose that is none', 'anything', lines],
  ['nothing in it', 'fine-tune', ''],
])('a file with %s is refused', async (_, purpose, content) => {
  const client = await clientOf();
  const file = await toFile(Buffer.from(content), 'a.jsonl');
  await expect(client.files.create({ file, purpose: purpose as 'fine-tune' })).rejects.toBeInstanceOf(
    OpenAI.BadRequestError,
  );
});

test('what is no form is refused', async () => {
  const { url } = await front();
  const headers = { authorization: `Bearer ${serviceKey}` };
  expect((await fetch(`${url}/files`, { method: 'POST', headers, body: 'x' })).status).toBe(400);
  const form = { ...headers, 'content-type': 'multipart/form-data; boundary=b' };
  expect((await fetch(`${url}/files`, { method: 'POST', headers: form, body: '--b\r\nbroken' })).status).toBe(400);
});

/** The beginning of a form, up to the middle of a file in the field of that name. */
const cutForm = (field: string) =>
  `--b\r\nContent-Disposition: form-data; name="${field}"; filename="a.jsonl"\r\n\r\n{"messages":[`;

test.each(['file', 'another'])('a form that ends in the middle of the field "%s" is refused', async (field) => {
  const { url } = await front();
  const headers = { authorization: `Bearer ${serviceKey}`, 'content-type': 'multipart/form-data; boundary=b' };
  const send = async () => await fetch(`${url}/files`, { method: 'POST', headers, body: cutForm(field) });
  expect((await send()).status).toBe(400);
  expect(await (await send()).json()).toMatchObject({ error: { message: expect.stringMatching(/cannot be read/) } });
});

test('of a file whose sender goes away in the middle nothing is left', async () => {
  const artifacts = await mkdtemp(join(tmpdir(), 'tunewright-files-'));
  onEnd(async () => await rm(artifacts, { recursive: true, force: true }));
  const { url } = await front({}, { artifacts });
  const { port, pathname } = new URL(`${url}/files`);
  const begun = async () => (await readdir(join(artifacts, 'tmp')).catch(() => [])).length;
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    [
      `POST ${pathname} HTTP/1.1`,
      'Host: gateway',
      `Authorization: Bearer ${serviceKey}`,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 100000',
      `\r\n${cutForm('file')}`,
    ].join('\r\n'),
  );
  await until(begun, (files) => files > 0);
  socket.destroy();
  await until(begun, (files) => files === 0);
});
