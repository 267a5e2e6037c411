import { setTimeout as pause } from 'node:timers/promises';
import type { Batches, ChatAnswer, RemoteBatch } from '../../../src/platforms/platform.ts';
import { type Bench, bench, connected, endpoint, failureOf } from '../support.ts';

const question = {
  model: 'stand-in-mini',
  messages: [{ role: 'user', content: 'Where is my parcel? Intents: billing, shipping', weight: 1 }],
  maxOutputTokens: 50,
  seed: 3,
};

function batchesOf({ platform }: Pick<Bench, 'platform'>): Batches {
  if (!platform.batches) throw new Error('this connection has no batches');
  return platform.batches;
}

async function created(at: Bench, key: string, ids = ['a', 'b']): Promise<RemoteBatch> {
  const batches = batchesOf(at);
  const content = ids.map((id) => `${batches.line(id, question)}\n`).join('');
  const { id: fileId } = await batches.uploadFile(await at.file(`${key}.jsonl`, content), {});
  return await batches.create({ key, runName: 'small', fileId });
}

/** Looks at the batch until it is so; 10 minutes at most, or an endless loop would outlive its test. */
async function until(at: Bench, { id }: Pick<RemoteBatch, 'id'>, so: (batch: RemoteBatch) => boolean) {
  const deadline = performance.now() + 600_000;
  for (;;) {
    const batch = await batchesOf(at).get(id);
    if (so(batch)) return batch;
    if (performance.now() > deadline) throw new Error(`still waiting after 10 minutes at ${JSON.stringify(batch)}`);
    await pause(20);
  }
}
const ended = async (at: Bench, batch: Pick<RemoteBatch, 'id'>) =>
  await until(at, batch, ({ state }) => state === 'ended');

async function answersOf(at: Bench, batch: RemoteBatch): Promise<Record<string, ChatAnswer>> {
  const answers: Record<string, ChatAnswer> = {};
  for await (const { id, answer } of batchesOf(at).answers(batch)) answers[id] = answer;
  return answers;
}

const since = () => Date.now() - 60_000;

test('questions in a file are answered as one by one, for half the price', async () => {
  const at = await bench();
  const batch = await ended(at, await created(at, 'key-1'));
  expect(batch).toMatchObject({
    platformStatus: 'completed',
    answered: 2,
    fileIds: [expect.any(String), batch.outputFileId],
  });
  const { limits: _, ...answer } = await at.platform.chat(question);
  expect(await answersOf(at, batch)).toEqual({ a: answer, b: answer });
  expect(batchesOf(at)).toMatchObject({ priceShare: 0.5, mostRequests: 50_000, mostBytes: 200_000_000 });
});

test('a batch is found by its key on all pages, and no longer once the run is younger', async () => {
  const at = await bench();
  const mine = await created(at, 'key-1');
  for (let other = 0; other < 101; other++) {
    await batchesOf(at).create({ key: `other-${other}`, runName: 'other', fileId: mine.fileIds[0] ?? '' });
  }
  const find = async (key: string, from = since()) =>
    (await batchesOf(at).find({ keyPrefix: key, since: from })).map(({ id }) => id);
  expect(await find('key-1')).toEqual([mine.id]);
  expect(await find('key-')).toEqual([mine.id]);
  expect(await find('key-10')).toEqual([]);
  expect(await find('key-1', Date.now() + 3_600_000)).toEqual([]);
});

test('its file is found among those of batches alone', async () => {
  const at = await bench();
  const { fileIds } = await created(at, 'key-1');
  expect(await batchesOf(at).findFiles('key-1')).toMatchObject([{ id: fileIds[0], name: 'key-1.jsonl' }]);
  expect(await at.platform.findFiles('key-1')).toEqual([]);
});

test('one that is cancelled stops, keeps what it has answered, and can be cancelled again', async () => {
  let now = Date.now();
  const at = await bench({ now: () => now, batchSeconds: 100, batchCancelMs: 1_000 });
  const { id } = await created(at, 'key-1');
  await until(at, { id }, ({ platformStatus }) => platformStatus === 'in_progress');
  now += 60_000;
  await until(at, { id }, ({ answered }) => answered === 1);
  expect((await batchesOf(at).cancel(id)).state).toBe('stopping');
  now += 1_000;
  const stopped = await ended(at, { id });
  expect(stopped.platformStatus).toBe('cancelled');
  expect(Object.keys(await answersOf(at, stopped))).toEqual(['a']);
  expect((await batchesOf(at).cancel(id)).platformStatus).toBe('cancelled');
});

test('questions that got an error, and answers that cannot be read, are left out', async () => {
  const at = await bench();
  at.simulator.faults.add({ preset: 'batch_errors' });
  const batch = await ended(at, await created(at, 'key-1', ['a', 'b', 'c', 'd']));
  expect(Object.keys(await answersOf(at, batch))).toEqual(['a', 'b', 'd']);

  const lines = [
    '{"custom_id":"a","response":{"status_code":200,"body":{}}}',
    'torn',
    '{"custom_id":"b","response":null}',
  ];
  const { url } = await endpoint((_request, response) => void response.writeHead(200).end(lines.join('\n')));
  const odd = { platform: connected(url) } as Bench;
  expect(await answersOf(odd, { ...batch, outputFileId: 'file-1' })).toEqual({});
});

test('once its file is removed it has answered nothing more', async () => {
  const at = await bench();
  const batch = await ended(at, await created(at, 'key-1'));
  await at.platform.deleteFile(batch.outputFileId ?? '');
  expect(await answersOf(at, batch)).toEqual({});
});

test('one that is refused when its questions are looked at says why', async () => {
  const at = await bench();
  at.simulator.faults.add({ preset: 'batch_token_limit' });
  const batch = await ended(at, await created(at, 'key-1'));
  expect(batch).toMatchObject({ platformStatus: 'failed', error: { code: 'token_limit_exceeded' } });
  expect(await answersOf(at, batch)).toEqual({});
});

test('a status of which nobody has heard is no end', async () => {
  const batch = { id: 'batch_1', created_at: 1, status: 'pondering', input_file_id: 'file-1' };
  const { url } = await endpoint(() => batch);
  expect(await batchesOf({ platform: connected(url) }).get('batch_1')).toMatchObject({ state: 'running', answered: 0 });
});

test('a create of which the answer is lost is unsure, a refusal is for good', async () => {
  const at = await bench();
  const { fileIds } = await created(at, 'key-1');
  const create = () => batchesOf(at).create({ key: 'key-2', runName: 'small', fileId: fileIds[0] ?? '' });
  at.simulator.faults.add({ kind: 'drop-after', method: 'POST', path: '/v1/batches' });
  expect(await failureOf(create())).toMatchObject({ code: 'answer_lost', retry: 'unsure' });
  expect(await batchesOf(at).find({ keyPrefix: 'key-2', since: since() })).toMatchObject([{ key: 'key-2' }]);
  const none = batchesOf(at).create({ key: 'key-3', runName: 'small', fileId: 'file-none' });
  expect(await failureOf(none)).toMatchObject({ code: 'refused', retry: 'never' });
});

test.each(['batches', 'metadata'])('an endpoint that lacks %s has none', async (lack) => {
  expect(connected('http://127.0.0.1:1/v1', { lacks: [lack] }).batches).toBeUndefined();
});
