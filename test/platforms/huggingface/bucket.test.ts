import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import type { ServerProcess } from '../../../src/embedded/server-process.ts';
import type { TrainingPlatform } from '../../../src/platforms/platform.ts';
import { createPlatforms } from '../../../src/platforms/registry.ts';
import { testTemporal, unique } from '../../support/temporal.ts';
import { startMoto } from '../sagemaker/service/moto.ts';
import { failureOf, spec, textOf } from '../support.ts';
import { withTrainers } from '../trainers.ts';
import { remove } from './support.ts';

// What holds of a bucket as the storage before any host has taken a job up.

withTrainers("a bucket as the storage, by moto's server", () => {
  let folder: string;
  let moto: ServerProcess;
  let s3: S3;
  let platform: TrainingPlatform;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tunewright-bucket-'));
    const { url, server } = await startMoto(folder);
    moto = server;
    const access = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    Object.assign(process.env, { AWS_ENDPOINT_URL_S3: url, ...access });
    s3 = new S3({ endpoint: url, forcePathStyle: true });
    await s3.createBucket({ Bucket: 'machines' });
    platform = connect('s3://machines/team');
  });
  afterAll(async () => {
    s3.destroy();
    await moto.kill();
    await remove(folder);
  });

  function connect(storage: string): TrainingPlatform {
    const mine = { platform: 'huggingface', storage, taskQueue: unique('nobody') };
    const temporal = { address: testTemporal(), namespace: 'default' };
    return createPlatforms({ mine }, { env: {}, temporal }).get('mine');
  }

  const put = async (...names: string[]) => {
    for (const name of names) await s3.putObject({ Bucket: 'machines', Key: `team/${name}`, Body: '{}' });
  };

  test('a file is put there, found by the beginning of its name, read, and deleted, also twice', async () => {
    const path = join(folder, 'local');
    await writeFile(path, 'a line\n');
    const remote = await platform.uploadFile({ path, name: 'key-1-train.jsonl', bytes: 7 }, {});
    await platform.uploadFile({ path, name: 'key-2-train.jsonl', bytes: 7 }, {});
    expect(await platform.findFiles('key-1-')).toEqual([remote]);
    expect(await textOf(platform.readFile?.(remote.id))).toBe('a line\n');
    expect(await failureOf(textOf(platform.readFile?.('gone')))).toMatchObject({ code: 'not_found' });
    expect(await failureOf(textOf(platform.readFile?.('../secret')))).toMatchObject({ code: 'refused' });
    expect(await platform.isFileReady(remote.id)).toBe(true);
    expect(await platform.isFileReady('key-1')).toBe(false);
    for (const _ of [1, 2]) await platform.deleteFile(remote.id);
    expect(await platform.isFileReady(remote.id)).toBe(false);
  });

  test('events are read, models and whole checkpoints are there until they are deleted', async () => {
    const key = `tunewright-${crypto.randomUUID()}-1`;
    await platform.createJob(spec('key-1-train.jsonl', { key, model: 'own' }));
    expect(await platform.newEvents(key, undefined)).toEqual([]);
    await put('models/own/config.json', `jobs/${key}/model/config.json`);
    await put(`jobs/${key}/checkpoints/checkpoint-7/whole.json`, `jobs/${key}/checkpoints/checkpoint-9/config.json`);
    const event = { at: '2026-11-28T10:00:00.000Z', level: 'info', message: 'one', metrics: { step: 1, trainLoss: 3 } };
    await s3.putObject({ Bucket: 'machines', Key: `team/jobs/${key}/events.jsonl`, Body: JSON.stringify(event) });
    expect(await platform.trainingCurve(key)).toEqual([{ step: 1, trainLoss: 3 }]);
    for (const id of ['own', 'owner/name', `own:${key}`, `own:${key}:7`])
      expect(await platform.getModel(id)).toEqual({ id });
    expect(platform.deleteModelCommand(`own:${key}`)).toBe(
      ['model', 'checkpoints', 'merged']
        .map((name) => `aws s3 rm --recursive 's3://machines/team/jobs/${key}/${name}/'`)
        .join(' && '),
    );
    for (const _ of [1, 2]) await platform.deleteModel(`own:${key}`);
    for (const id of ['none', `own:${key}`, `own:${key}:7`]) {
      expect(await failureOf(platform.getModel(id))).toMatchObject({ code: 'model_not_found' });
    }
  });

  test('a bucket that is not there is named with what to do, and one that is away is tried again', async () => {
    await platform.checkAccess();
    expect(await failureOf(connect('s3://nobodys/team').checkAccess())).toMatchObject({
      code: 'forbidden',
      advice: expect.stringContaining('s3:ListBucket'),
    });
    expect(await failureOf((async () => connect('https://machines/team'))())).toMatchObject({ code: 'invalid_config' });
    const { AWS_ENDPOINT_URL_S3: url } = process.env;
    process.env.AWS_ENDPOINT_URL_S3 = 'http://127.0.0.1:1';
    try {
      const away = await failureOf(connect('s3://machines/team').checkAccess());
      expect(away).toMatchObject({ code: 'platform_unavailable', retry: 'yes' });
    } finally {
      process.env.AWS_ENDPOINT_URL_S3 = url;
    }
  });
});
