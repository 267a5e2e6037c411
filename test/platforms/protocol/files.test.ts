import { bench, connected, endpoint, examples, failureOf, newJob } from '../support.ts';

test('a file is uploaded whole, once, byte by byte and with its progress', async () => {
  const at = await bench();
  const content = examples(30);
  const local = await at.file('key-1-train-ünï.jsonl', content);
  const told: number[] = [];
  const remote = await at.platform.uploadFile(local, { onProgress: (done) => void told.push(done) });
  expect(remote).toEqual({
    id: expect.stringMatching(/^file-/),
    name: 'key-1-train-ünï.jsonl',
    bytes: Buffer.byteLength(content),
  });
  expect(told).toEqual([local.bytes]);
  expect(at.simulator.ledger().totals).toMatchObject({ files: 1, uploads: 0 });
  const stored = await fetch(`${at.simulator.url}/files/${remote.id}/content`, {
    headers: { authorization: 'Bearer x' },
  });
  expect(await stored.text()).toBe(content);
});

test('a file above the limit of all uploads is refused before anything is sent', async () => {
  const at = await bench({}, { catalogue: { limits: { uploadBytes: 1_000 } } });
  const requests = at.count('POST', '/v1/**');
  const local = await at.file('train.jsonl', 'x'.repeat(1_001));
  expect(await failureOf(at.platform.uploadFile(local, {}))).toMatchObject({
    code: 'too_large',
    message: 'train.jsonl has 1001 bytes, the limit is 1000.',
    retry: 'never',
  });
  expect(requests()).toBe(0);
});

test('a file that is not on the disk is no failure of the platform', async () => {
  const at = await bench();
  const upload = at.platform.uploadFile({ path: '/nowhere/train.jsonl', name: 'train.jsonl', bytes: 5 }, {});
  await expect(upload).rejects.toThrow();
  await expect(upload).rejects.not.toHaveProperty('code', 'answer_lost');
});

test('files are found by the beginning of their name', async () => {
  const at = await bench();
  const names = ['key-1-train.jsonl', 'key-1-validation.jsonl', 'key-10-train.jsonl', 'other-key-1-train.jsonl'];
  for (const name of names) await at.platform.uploadFile(await at.file(name), {});
  const found = async (prefix: string) => (await at.platform.findFiles(prefix)).map(({ name }) => name).sort();
  expect(await found('key-1-')).toEqual(['key-1-train.jsonl', 'key-1-validation.jsonl']);
  expect(await found('key-2-')).toEqual([]);
});

test('files are found on every page, and only training files are asked for', async () => {
  const file = (id: string) => ({ id, filename: `key-1-${id}`, bytes: 1, purpose: 'fine-tune' });
  const { url, requests } = await endpoint(({ url }) => {
    const after = new URL(url, 'http://here').searchParams.get('after');
    if (after === null) return { data: [file('file-1'), file('file-2')], has_more: true };
    return { data: [file('file-3')], has_more: false };
  });
  const found = await connected(url).findFiles('key-1-');
  expect(found.map(({ id }) => id)).toEqual(['file-1', 'file-2', 'file-3']);
  expect(requests.map((request) => request.url)).toEqual([
    '/v1/files?purpose=fine-tune&limit=10000',
    '/v1/files?purpose=fine-tune&limit=10000&after=file-2',
  ]);
});

test('a listing that ignores the cursor comes to an end', async () => {
  const page = { data: [{ id: 'file-1', filename: 'key-1', bytes: 1, purpose: 'fine-tune' }], has_more: true };
  const { url, requests } = await endpoint(() => page);
  await connected(url).findFiles('key-1');
  expect(requests).toHaveLength(2);
});

test('a file is ready when the platform has processed it', async () => {
  const at = await bench({ fileProcessingMs: 60_000 });
  const { id } = await at.platform.uploadFile(await at.file('train.jsonl'), {});
  expect(await at.platform.isFileReady(id)).toBe(false);
  at.simulator.advanceClock(60_000);
  expect(await at.platform.isFileReady(id)).toBe(true);
});

test('a file is ready where an endpoint tells no status', async () => {
  const { url } = await endpoint(() => ({ id: 'file-1', filename: 'a', bytes: 1, purpose: 'fine-tune' }));
  expect(await connected(url).isFileReady('file-1')).toBe(true);
});

test('a rejected file is refused with the reason', async () => {
  const at = await bench();
  at.simulator.faults.add({ kind: 'file', file: { status: 'error', details: 'Line 3 is no JSON.' } });
  const { id } = await at.platform.uploadFile(await at.file('train.jsonl'), {});
  expect(await failureOf(at.platform.isFileReady(id))).toMatchObject({
    code: 'refused',
    message: 'The platform rejected the file: Line 3 is no JSON.',
    retry: 'never',
  });
});

test('a file that is gone is not ready but missing', async () => {
  const { platform } = await bench();
  expect(await failureOf(platform.isFileReady('file-gone'))).toMatchObject({ code: 'not_found', status: 404 });
});

test('deleting a file twice is success, a failure to delete is none', async () => {
  const at = await bench();
  const { id } = await at.platform.uploadFile(await at.file('train.jsonl'), {});
  await at.platform.deleteFile(id);
  expect(await at.platform.findFiles('')).toEqual([]);
  await at.platform.deleteFile(id);
  at.simulator.faults.add({ preset: 'server_error', method: 'DELETE' });
  expect(await failureOf(at.platform.deleteFile(id))).toMatchObject({ code: 'platform_unavailable' });
});

test.each([
  ['an HTML page', { rawBody: '<html>log in first</html>', contentType: 'text/html' }],
  ['an object without a list', { body: { object: 'list' } }],
])('%s is never taken for an empty list', async (_, answer) => {
  const at = await bench();
  await newJob(at);
  at.simulator.faults.add({ kind: 'status', status: 200, ...answer, method: 'GET', times: -1 });
  const { platform } = at;
  const query = { key: 'key-1', trainingFileIds: [], since: 0 };
  expect(await failureOf(platform.findFiles(''))).toMatchObject({ code: 'bad_answer' });
  expect(await failureOf(platform.findJobs(query))).toMatchObject({ code: 'bad_answer' });
  expect(await failureOf(platform.newEvents('ftjob-1', undefined))).toMatchObject({ code: 'bad_answer' });
  expect(await failureOf(platform.listCheckpoints('ftjob-1'))).toMatchObject({ code: 'bad_answer' });
  expect(await failureOf(platform.checkAccess())).toMatchObject({ code: 'bad_answer' });
});
