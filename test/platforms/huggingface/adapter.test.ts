import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingPlatform } from '../../../src/platforms/platform.ts';
import { createPlatforms } from '../../../src/platforms/registry.ts';
import { testTemporal, unique } from '../../support/temporal.ts';
import { failureOf, spec, textOf } from '../support.ts';
import { remove } from './support.ts';

// What holds before any host has taken a job up: Temporal and a shared folder are all there is.

let storage: string;
let platform: TrainingPlatform;
beforeEach(async () => {
  storage = await mkdtemp(join(tmpdir(), 'tunewright-storage-'));
  platform = connect({ storage });
});
afterEach(async () => await remove(storage));

function connect(settings: Record<string, unknown>, address = testTemporal()): TrainingPlatform {
  const mine = { platform: 'huggingface', taskQueue: unique('nobody'), ...settings };
  const temporal = { address, namespace: 'default' };
  return createPlatforms({ mine }, { env: {}, temporal }).get('mine');
}

const newKey = () => `tunewright-${crypto.randomUUID()}-1`;
const since = Date.now();

async function file(name: string, content = 'a line\n') {
  const path = join(storage, `local-${name}`);
  await writeFile(path, content);
  return { path, name, bytes: content.length };
}

test('a file is put into the storage whole, found by the beginning of its name, and deleted, also twice', async () => {
  const remote = await platform.uploadFile(await file('key-1-train.jsonl'), {});
  await platform.uploadFile(await file('key-2-train.jsonl'), {});
  expect(remote).toEqual({ id: 'key-1-train.jsonl', name: 'key-1-train.jsonl', bytes: 7 });
  expect(await platform.findFiles('key-1-')).toEqual([remote]);
  expect(await textOf(platform.readFile?.(remote.id))).toBe('a line\n');
  expect(await failureOf(textOf(platform.readFile?.('gone')))).toMatchObject({ code: 'not_found' });
  expect(await failureOf(textOf(platform.readFile?.('../secret')))).toMatchObject({ code: 'refused' });
  expect(await platform.isFileReady(remote.id)).toBe(true);
  for (const _ of [1, 2]) await platform.deleteFile(remote.id);
  expect(await platform.findFiles('key-1-')).toEqual([]);
  expect(await platform.isFileReady(remote.id)).toBe(false);
  expect(await readdir(join(storage, 'incoming'))).toEqual([]);
});

test('a job is created once, however often it is asked for; it waits for a host, and is cancelled, also twice', async () => {
  const key = newKey();
  const wanted = spec('key-1-train.jsonl', { key, runName: 'mine', model: 'tiny' });
  const made = await Promise.all([platform.createJob(wanted), platform.createJob(wanted)]);
  const job = { id: key, state: 'waiting', platformStatus: 'waits for a host', model: null };
  expect(made).toMatchObject([job, job]);
  expect(await platform.findJobs({ key, trainingFileIds: [], since })).toMatchObject([job]);
  expect(await platform.findJobs({ key: newKey(), trainingFileIds: [], since })).toEqual([]);
  for (const _ of [1, 2]) expect((await platform.cancelJob(key)).state).toBe('cancelled');
  // A second one is not begun under a key whose job has ended.
  expect((await platform.createJob(wanted)).state).toBe('cancelled');
});

test('what a trainer has told is read: events back to one that is known, the curve with the last word on a step', async () => {
  const key = newKey();
  await platform.createJob(spec('key-1-train.jsonl', { key, model: 'tiny' }));
  const folder = join(storage, 'jobs', key);
  await mkdir(folder, { recursive: true });
  const event = (message: string, metrics?: object) =>
    JSON.stringify({ at: '2026-11-23T10:00:00.000Z', level: 'info', message, metrics });
  const lines = [
    event('begins'),
    event('one', { step: 1, trainLoss: 3 }),
    event('two', { step: 2, trainLoss: 2 }),
    event('two again', { step: 2, trainLoss: 1.5 }),
    event('two again', { step: 2, validLoss: 1.25 }),
    '{"half',
  ];
  await writeFile(join(folder, 'events.jsonl'), lines.join('\n'));
  const all = await platform.newEvents(key, undefined);
  expect(all.map(({ message }) => message)).toEqual(['two again', 'two again', 'two', 'one', 'begins']);
  expect(await platform.newEvents(key, all[1]?.id)).toEqual([all[0]]);
  expect(await platform.trainingCurve(key)).toEqual([
    { step: 1, trainLoss: 3 },
    { step: 2, trainLoss: 1.5, validLoss: 1.25 },
  ]);
});

test('a model is a name of the hub or a folder of the storage; a tuned one is there until it is deleted', async () => {
  const key = newKey();
  await mkdir(join(storage, 'models/own'), { recursive: true });
  await mkdir(join(storage, 'jobs', key, 'model'), { recursive: true });
  for (const id of ['own', 'owner/name', `own:${key}`]) expect(await platform.getModel(id)).toEqual({ id });
  expect(platform.catalogueEntry(`own:${key}`)).toMatchObject({ id: 'own', prices: { training: 0 } });
  for (const _ of [1, 2]) await platform.deleteModel(`own:${key}`);
  for (const id of ['none', `own:${key}`, `own:${key}:7`]) {
    expect(await failureOf(platform.getModel(id))).toMatchObject({ code: 'model_not_found' });
  }
  expect(await failureOf(platform.getModel('../outside'))).toMatchObject({ code: 'refused' });
});

test('a deployment waits for a host under its name, for one model alone, and is removed, also twice', async () => {
  const deployments = platform.deployments as NonNullable<TrainingPlatform['deployments']>;
  const name = `${newKey()}-base`;
  expect(await deployments.state(name)).toBe('gone');
  for (const _ of [1, 2]) await deployments.create({ name, model: 'tiny' });
  expect(await failureOf(deployments.create({ name, model: 'other' }))).toMatchObject({ code: 'contradiction' });
  expect(await deployments.state(name)).toBe('creating');
  const messages = [{ role: 'user', content: 'Hello' }];
  const asked = platform.chat({ model: name, messages, maxOutputTokens: 1, seed: 1 });
  expect(await failureOf(asked)).toMatchObject({ code: 'platform_unavailable', retry: 'yes' });
  for (const _ of [1, 2]) await deployments.remove(name);
  expect(await deployments.state(name)).toBe('gone');
});

test('Temporal that is away and a storage that is away are named, and tried again', async () => {
  const away = connect({ storage, timeoutSeconds: 1 }, '127.0.0.1:1');
  expect(await failureOf(away.getJob('tunewright-1'))).toMatchObject({ code: 'platform_unavailable', retry: 'unsure' });
  await remove(storage);
  expect(await failureOf(platform.checkAccess())).toMatchObject({ code: 'platform_unavailable', retry: 'yes' });
});

test("others' requests go to the server that stands for the model", async () => {
  const servers = {
    'tiny:job': { baseURL: 'http://gpu-1:8000/v1/' },
    keyed: { baseURL: 'http://gpu-2:8000/v1', model: 'intents', apiKeyEnv: 'NO_SUCH_KEY' },
  };
  const { endpoint = async () => undefined } = connect({ storage, servers });
  expect(await endpoint({ model: 'tiny:job' }, '/chat/completions')).toEqual({
    url: 'http://gpu-1:8000/v1/chat/completions',
    headers: {},
    model: 'tiny:job',
  });
  expect(await failureOf(endpoint({ model: 'keyed' }, '/responses'))).toMatchObject({ code: 'missing_key' });
  expect(await failureOf(endpoint({ model: 'tiny' }, '/responses'))).toMatchObject({ code: 'model_not_found' });
});
