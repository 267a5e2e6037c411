import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toFile } from 'openai';
import { spawnSimulator } from './process.ts';
import { bench, chatLines, clientFor, refusal, tempDir, until, uploadText } from './support.ts';

describe('files', () => {
  test('a file is stored, described, served back byte for byte and deleted', async () => {
    const { client, sim } = await bench();
    const text = '{"messages":[{"role":"user","content":"über 🙂"}]}\n';
    const file = await uploadText(client, text);
    expect(file).toMatchObject({
      object: 'file',
      purpose: 'fine-tune',
      filename: 'data.jsonl',
      bytes: Buffer.byteLength(text),
      status: 'processed',
    });
    expect(await client.files.retrieve(file.id)).toEqual(file);
    expect(await (await client.files.content(file.id)).text()).toBe(text);

    expect(await client.files.delete(file.id)).toEqual({ object: 'file', deleted: true, id: file.id });
    expect(await refusal(client.files.retrieve(file.id))).toMatchObject({
      status: 404,
      type: 'invalid_request_error',
      param: 'id',
    });
    expect((await refusal(client.files.delete(file.id))).status).toBe(404);
    expect(sim.ledger().totals.files).toBe(1);
  });

  test('the list goes page by page in both orders and filters by purpose', async () => {
    const { client } = await bench();
    const ids: string[] = [];
    for (const purpose of ['fine-tune', 'batch', 'fine-tune', 'fine-tune'] as const) {
      ids.push((await uploadText(client, chatLines(1), purpose)).id);
    }
    const newestFirst: string[] = [];
    for await (const file of client.files.list({ limit: 2 })) newestFirst.push(file.id);
    expect(newestFirst).toEqual([...ids].reverse());

    const page = await client.files.list({ limit: 2, order: 'asc', purpose: 'fine-tune' });
    expect(page.data.map((file) => file.id)).toEqual([ids[0], ids[2]]);
    expect(page.has_more).toBe(true);
    const rest = await client.files.list({ order: 'asc', purpose: 'fine-tune', after: String(ids[2]) });
    expect(rest.data.map((file) => file.id)).toEqual([ids[3]]);
    expect(rest.has_more).toBe(false);
    expect((await client.files.list({ purpose: 'vision' })).data).toEqual([]);
    expect((await refusal(client.files.list({ after: 'file-none' }).then())).param).toBe('after');
  });

  test('a file is uploaded first, processed after the delay, and listed after the lag', async () => {
    let now = 1_800_000_000_000;
    const { client } = await bench({ now: () => now, fileProcessingMs: 5000, listLagMs: 30_000 });
    const file = await uploadText(client, chatLines(1));
    expect(file.status).toBe('uploaded');
    now += 4999;
    expect((await client.files.retrieve(file.id)).status).toBe('uploaded');
    now += 1;
    expect((await client.files.retrieve(file.id)).status).toBe('processed');
    expect((await client.files.list()).data).toEqual([]);
    now += 25_000;
    expect((await client.files.list()).data.map(({ id }) => id)).toEqual([file.id]);
  });

  test('an expired file is gone', async () => {
    let now = 1_800_000_000_000;
    const { client } = await bench({ now: () => now });
    const file = await client.files.create({
      file: await toFile(Buffer.from('{}'), 'a.jsonl'),
      purpose: 'batch',
      expires_after: { anchor: 'created_at', seconds: 3600 },
    });
    expect(file.expires_at).toBe(1_800_003_600);
    now += 3_600_000;
    expect((await refusal(client.files.retrieve(file.id))).status).toBe(404);
    expect((await client.files.list()).data).toEqual([]);
  });

  test.each([
    ['a wrong purpose', { purpose: 'nonsense', text: '{}' }, 400, 'purpose'],
    ['an empty file', { purpose: 'batch', text: '' }, 400, 'file'],
    ['a file over the limit', { purpose: 'batch', text: 'x'.repeat(2000) }, 413, null],
  ])('%s is refused and leaves nothing behind', async (_name, { purpose, text }, status, param) => {
    const { client, dataDir, sim } = await bench({ maxFileBytes: 1000 });
    const file = await toFile(Buffer.from(text), 'a.jsonl');
    const error = await refusal(client.files.create({ file, purpose: purpose as 'batch' }));
    expect(error).toMatchObject({ status, param });
    expect(await readdir(join(dataDir, 'files'))).toEqual([]);
    expect(sim.ledger().totals.files).toBe(0);
  });

  test('a body that is no form, and a form without a file, are refused', async () => {
    const { http, sim } = await bench();
    expect((await http('POST', '/v1/files', { purpose: 'batch' })).status).toBe(400);
    const form = new FormData();
    form.set('purpose', 'batch');
    const answer = await fetch(`${sim.url}/files`, {
      method: 'POST',
      headers: { authorization: 'Bearer x' },
      body: form,
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param: 'file' } });
  });

  test.each(['file', 'another'])('a form that ends in the middle of the field "%s" is refused', async (field) => {
    const { dataDir, sim } = await bench();
    const answer = await fetch(`${sim.url}/files`, {
      method: 'POST',
      headers: { authorization: 'Bearer x', 'content-type': 'multipart/form-data; boundary=b' },
      body: `--b\r\nContent-Disposition: form-data; name="${field}"; filename="a.jsonl"\r\n\r\n{"messages":[`,
    });
    expect(answer.status).toBe(400);
    expect(await readdir(join(dataDir, 'files'))).toEqual([]);
  });

  test('an upload cut off in the middle leaves nothing behind', async () => {
    const { dataDir, sim, client } = await bench();
    const cut = new AbortController();
    async function* body() {
      yield Buffer.from('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n');
      for (let part = 0; part < 4; part++) yield Buffer.alloc(100_000, 'x');
      cut.abort();
      yield Buffer.from('never');
    }
    const request = fetch(`${sim.url}/files`, {
      method: 'POST',
      headers: { authorization: 'Bearer x', 'content-type': 'multipart/form-data; boundary=b' },
      body: ReadableStream.from(body()),
      duplex: 'half',
      signal: cut.signal,
    });
    await expect(request).rejects.toThrow();
    await until(
      () => readdir(join(dataDir, 'files')),
      (names) => names.length === 0,
    );
    expect((await client.files.list()).data).toEqual([]);
  });

  const onLinux = process.platform === 'linux';
  (onLinux ? test : test.skip)('192 MB are streamed to disk, not held in memory (measured on Linux only)', async () => {
    const dataDir = await tempDir();
    const { child, url } = await spawnSimulator(dataDir);
    const chunk = Buffer.alloc(1024 * 1024, 'a line of text\n');
    async function* body() {
      yield Buffer.from('--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n');
      yield Buffer.from('--b\r\ncontent-disposition: form-data; name="file"; filename="large.jsonl"\r\n\r\n');
      for (let part = 0; part < 192; part++) yield chunk;
      yield Buffer.from('\r\n--b--\r\n');
    }
    const peakMiB = async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    };
    const before = await peakMiB();
    const answer = await fetch(`${url}/files`, {
      method: 'POST',
      headers: { authorization: 'Bearer x', 'content-type': 'multipart/form-data; boundary=b' },
      body: ReadableStream.from(body()),
      duplex: 'half',
    });
    const file = (await answer.json()) as { id: string; bytes: number };
    expect(file.bytes).toBe(192 * 1024 * 1024);
    expect(await readdir(join(dataDir, 'files'))).toEqual([file.id]);
    expect((await peakMiB()) - before).toBeLessThan(128);
  });

  test('a key is needed, and must be one of the known where they are given', async () => {
    const { http, sim } = await bench({ apiKeys: ['sk-good'] });
    const absent = await http('GET', '/v1/files', undefined, { authorization: '' });
    expect(absent).toMatchObject({ status: 401, json: { error: { code: 'invalid_api_key', param: null } } });
    const wrong = await refusal(clientFor(sim.url, { apiKey: 'sk-wrong-0123456789' }).files.list().then());
    expect(wrong).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });
    expect(wrong.message).toBe('401 Incorrect API key provided: sk-wrong***6789.');
    expect((await clientFor(sim.url, { apiKey: 'sk-good' }).files.list()).data).toEqual([]);
  });
});
