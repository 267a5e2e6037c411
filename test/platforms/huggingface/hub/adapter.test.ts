import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingPlatform } from '../../../../src/platforms/platform.ts';
import { createPlatforms } from '../../../../src/platforms/registry.ts';
import { testTemporal, unique } from '../../../support/temporal.ts';
import { failureOf, spec, textOf } from '../../support.ts';
import { type HubService, namespace, startHub, token } from './service.ts';

const newKey = () => `tunewright-${crypto.randomUUID()}-1`;
const since = Date.now();
const repository = `datasets/${namespace}/tunewright`;

let hub: HubService;
let folder: string;
let platform: TrainingPlatform;
beforeEach(async () => {
  hub = await startHub();
  folder = await mkdtemp(join(tmpdir(), 'tunewright-hub-'));
  platform = connect();
});
afterEach(async () => {
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

function connect(
  changes: Record<string, unknown> = {},
  env: NodeJS.ProcessEnv = { HF_TOKEN: token },
): TrainingPlatform {
  const jobs = {
    namespace,
    flavor: 'a10g-small',
    image: 'lab/trainer:1',
    hourlyUsd: 3.6,
    timeoutSeconds: 7200,
    url: hub.url,
  };
  const mine = { platform: 'huggingface', taskQueue: unique('nobody'), jobs: { ...jobs, ...changes } };
  const temporal = { address: testTemporal(), namespace: 'default' };
  return createPlatforms({ mine }, { env, temporal }).get('mine');
}

async function file(name: string, content = 'a line\n') {
  const path = join(folder, name);
  await writeFile(path, content);
  return { path, name, bytes: Buffer.byteLength(content) };
}

const newJob = async (changes = {}) => {
  const key = newKey();
  const job = await platform.createJob(spec(`${key}-train.jsonl`, { key, model: `${namespace}/tiny`, ...changes }));
  return { ...job, key };
};
const moved = (id: string, stage: string, message: string | null = null) =>
  Object.assign(hub.jobs.get(id) ?? {}, { status: { stage, message } });
/** What a machine has pushed. */
const pushed = (key: string, name: string, content: string) => {
  const files = hub.repositories.get(repository) ?? new Map();
  hub.repositories.set(repository, files.set(`jobs/${key}/${name}`, Buffer.from(content)));
};

test('files lie in a private repository, which is made with the first; found, read and deleted, also twice', async () => {
  expect(await platform.findFiles('key-1-')).toEqual([]);
  const remote = await platform.uploadFile(await file('key-1-train.jsonl'), {});
  await platform.uploadFile(await file('key-2-train.jsonl'), {});
  expect(remote).toEqual({ id: 'key-1-train.jsonl', name: 'key-1-train.jsonl', bytes: 7 });
  expect(hub.asked.filter((one) => one === 'POST /api/repos/create')).toHaveLength(1);
  expect(await platform.findFiles('key-1-')).toEqual([remote]);
  expect(await textOf(platform.readFile?.(remote.id))).toBe('a line\n');
  expect(await failureOf(textOf(platform.readFile?.('gone')))).toMatchObject({ code: 'not_found' });
  expect(await platform.isFileReady(remote.id)).toBe(true);
  for (const _ of [1, 2]) await platform.deleteFile(remote.id);
  expect(await platform.isFileReady(remote.id)).toBe(false);
});

test('a job is told of those that have ended without a model and were told the same but for their run', async () => {
  const toldOf = ({ id }: { id: string }) => {
    const environment = hub.jobs.get(id)?.request.environment as Record<string, string>;
    return JSON.parse(environment.TUNEWRIGHT_ENDED_JOBS ?? '');
  };
  const lost = await newJob();
  const other = await newJob({ seed: 2 });
  const stopped = await newJob({ runName: 'another', validationFileId: 'valid.jsonl' });
  const done = await newJob();
  // Of those that still train none is anybody else's.
  expect([lost, stopped, done].map(toldOf)).toEqual([[], [], []]);
  moved(lost.id, 'ERROR');
  moved(other.id, 'ERROR');
  moved(stopped.id, 'CANCELED');
  moved(done.id, 'COMPLETED');
  expect(toldOf(await newJob({ validationFileId: 'valid.jsonl' })).sort()).toEqual([lost.key, stopped.key].sort());
  expect(toldOf(await newJob({ seed: 2 }))).toEqual([other.key]);
});

test('a job is the trainer in an image, with a label, a time limit, and the token as its only secret', async () => {
  const { id, key } = await newJob({ runName: 'mine', validationFileId: 'valid.jsonl' });
  const { request } = hub.jobs.get(id) ?? {};
  expect(request).toMatchObject({
    dockerImage: 'lab/trainer:1',
    command: ['python', '-m', 'tunewright_trainer.hub'],
    flavor: 'a10g-small',
    timeoutSeconds: 7200,
    attempts: 1,
    labels: { tunewright_key: key },
    secrets: { HF_TOKEN: token },
  });
  const environment = request?.environment as Record<string, string>;
  expect(environment.TUNEWRIGHT_MODEL_REPOSITORY).toBe(`${namespace}/${key}`);
  expect(JSON.parse(environment.TUNEWRIGHT_JOB ?? '')).toMatchObject({
    id: key,
    model: `${namespace}/tiny`,
    epochs: 3,
  });
  expect(JSON.stringify(environment)).not.toContain(token);
  expect(JSON.stringify(await platform.getJob(id))).not.toContain(token);
  expect(platform.trainingUsdAtMost).toBe(7.2);
  expect(platform.jobUrl(id)).toBe(`${hub.url}/jobs/${namespace}/${id}`);
});

test('one whose answer is lost is found by its label, among all and on all pages, and by nothing else', async () => {
  for (const _ of [1, 2, 3]) await newJob();
  const key = newKey();
  hub.faults.push({ method: 'POST', path: '/api/jobs', after: true });
  const lost = platform.createJob(spec('train.jsonl', { key, model: `${namespace}/tiny` }));
  expect(await failureOf(lost)).toMatchObject({ code: 'answer_lost', retry: 'unsure' });
  const job = { state: 'waiting', platformStatus: 'SCHEDULING', model: null, trainingFileId: 'train.jsonl' };
  expect(await platform.findJobs({ key, trainingFileIds: [], since })).toMatchObject([job]);
  expect(await platform.findJobs({ key: newKey(), trainingFileIds: [], since })).toEqual([]);
  expect(platform.capabilities.listLagMs).toBe(30_000);
  expect((await platform.listHoldings('tunewright-')).jobs).toHaveLength(4);
  expect((await platform.listHoldings(key)).jobs).toMatchObject([{ key, runName: 'run-1' }]);
});

test.each([
  ['SCHEDULING', 'waiting'],
  ['RUNNING', 'running'],
  ['CANCELED', 'cancelled'],
  ['ERROR', 'failed'],
  ['DELETED', 'failed'],
  ['NEVER_SEEN', 'unknown'],
])('the stage %s is %s', async (stage, state) => {
  const { id } = await newJob();
  moved(id, stage, 'Job timeout');
  const job = await platform.getJob(id);
  expect(job).toMatchObject({ state, platformStatus: stage });
  if (state === 'failed') expect(job.error).toEqual({ code: 'no_result', message: 'Job timeout' });
});

test('a job has succeeded when its machine has left a result; what the machine says counts otherwise', async () => {
  const { id, key } = await newJob();
  moved(id, 'COMPLETED');
  expect(await platform.getJob(id)).toMatchObject({ state: 'failed', error: { code: 'no_result' } });
  pushed(key, 'result.json', '{"trainedTokens": 123}');
  Object.assign(hub.jobs.get(id) ?? {}, { startedAt: Date.now() - 1_800_000, endedAt: Date.now() });
  expect(await platform.getJob(id)).toMatchObject({
    state: 'succeeded',
    model: `${namespace}/tiny:${key}`,
    trainedTokens: 123,
    trainingUsd: 1.8,
  });
  moved(id, 'ERROR', 'Job failed with exit code: 1');
  pushed(key, 'result.json', '{"error": {"code": "diverged", "message": "The loss is no number."}}');
  expect((await platform.getJob(id)).error).toEqual({ code: 'diverged', message: 'The loss is no number.' });
});

test('it is cancelled, also twice; one that is not there is named', async () => {
  const { id } = await newJob();
  for (const _ of [1, 2]) expect((await platform.cancelJob(id)).state).toBe('cancelled');
  expect(await failureOf(platform.getJob('nowhere'))).toMatchObject({ code: 'not_found', status: 404 });
  expect(await failureOf(platform.pauseJob(id))).toMatchObject({ code: 'refused' });
});

test('what a machine has told is read, events back to one that is known', async () => {
  const { id, key } = await newJob();
  expect(await platform.newEvents(id, undefined)).toEqual([]);
  const event = (message: string, metrics?: object) =>
    JSON.stringify({ at: '2026-11-28T10:00:00.000Z', level: 'info', message, metrics });
  const lines = [event('begins'), event('one', { step: 1, trainLoss: 3 }), event('two', { step: 2, trainLoss: 2 })];
  pushed(key, 'events.jsonl', `${lines.join('\n')}\n`);
  const all = await platform.newEvents(id, undefined);
  expect(all.map(({ message }) => message)).toEqual(['two', 'one', 'begins']);
  expect(await platform.newEvents(id, all[1]?.id)).toEqual([all[0]]);
  expect(await platform.trainingCurve(id)).toHaveLength(2);
  expect(await platform.listCheckpoints(id)).toEqual([]);
});

test('a model is one that the hub shows; a tuned one is there until its repository is deleted', async () => {
  const { id, key } = await newJob();
  const model = `${namespace}/tiny:${key}`;
  hub.repositories.set(`models/${namespace}/tiny`, new Map());
  hub.repositories.set(`models/${namespace}/${key}`, new Map());
  moved(id, 'COMPLETED');
  pushed(key, 'result.json', '{"trainedTokens": 1}');
  for (const known of [`${namespace}/tiny`, model]) expect(await platform.getModel(known)).toEqual({ id: known });
  expect([...(await platform.listHoldings(key)).models]).toEqual([model]);
  for (const _ of [1, 2]) await platform.deleteModel(model);
  for (const unknown of ['tiny', 'lab/none', model]) {
    expect(await failureOf(platform.getModel(unknown))).toMatchObject({ code: 'model_not_found' });
  }
  expect(hub.repositories.has(`models/${namespace}/tiny`)).toBe(true);
});

test.each([
  [401, 'wrong_key', 'never'],
  [403, 'forbidden', 'never'],
  [429, 'rate_limited', 'yes'],
  [400, 'refused', 'never'],
  [503, 'platform_unavailable', 'unsure'],
])('a create that is answered %i is %s', async (status, code, retry) => {
  hub.faults.push({ method: 'POST', path: '/api/jobs', status });
  expect(await failureOf(newJob())).toMatchObject({ code, retry });
  hub.faults.push({ method: 'POST', path: '/api/datasets', status });
  await platform.uploadFile(await file('key-1-a.jsonl'), {}).catch(() => undefined);
  hub.faults.length = 0;
});

test('without its token there is no connection, and one that is wrong is told', async () => {
  expect(() => connect({}, {})).toThrow('HF_TOKEN is not set');
  const wrong = connect({}, { HF_TOKEN: 'hf_wrong' });
  expect(await failureOf(wrong.checkAccess())).toMatchObject({ code: 'wrong_key' });
  expect(await failureOf(wrong.uploadFile(await file('key-1-a.jsonl'), {}))).toMatchObject({ code: 'wrong_key' });
  await platform.checkAccess();
});

test.each([
  [{ platform: 'huggingface' }, 'exactly one of both'],
  [
    { platform: 'huggingface', storage: '/s', jobs: { namespace, flavor: 'f', image: 'i', hourlyUsd: 1 } },
    'exactly one',
  ],
  [{ platform: 'huggingface', jobs: { namespace } }, 'jobs.flavor'],
])('machines of one’s own, or Hugging Face’s: %j', (mine, told) => {
  expect(() => createPlatforms({ mine }, { env: {} }).get('mine')).toThrow(told);
});
