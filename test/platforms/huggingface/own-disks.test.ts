import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import type { TrainingMetrics } from '../../../src/contract/run.ts';
import { runKeyPrefix } from '../../../src/contract/run-key.ts';
import { runServer, type ServerProcess } from '../../../src/embedded/server-process.ts';
import type { RemoteJob, TrainingPlatform } from '../../../src/platforms/platform.ts';
import { createPlatforms } from '../../../src/platforms/registry.ts';
import { until } from '../../faults/support/outcome.ts';
import { smallDataSet } from '../../support/pipeline.ts';
import { testTemporal, unique } from '../../support/temporal.ts';
import { startMoto } from '../sagemaker/service/moto.ts';
import { spec, textOf } from '../support.ts';
import { trainerEnv, trainerPython, withTrainers } from '../trainers.ts';
import { openStorage, remove } from './support.ts';

// Hosts that share no folder: each has a disk of its own, and all that they have in common lies in the storage.

/** Python takes its time on a machine that does other things too. */
const patienceMs = 180_000;
const training = {
  method: 'full',
  learningRate: 3e-3,
  batchSize: 8,
  maxTokens: 96,
  checkpoints: 10,
  keepCheckpoints: 2,
};

interface Place {
  address: string;
  /** Names of all that lies there. */
  names(): Promise<string[]>;
}

withTrainers.each(['a folder', 'a bucket'])('trainers with disks of their own, and %s as the storage', (kind) => {
  const taskQueue = unique('trainers');
  let folder: string;
  let place: Place;
  let platform: TrainingPlatform;
  const servers: ServerProcess[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tunewright-hosts-'));
    place = kind === 'a bucket' ? await bucket() : await shared();
    const mine = { platform: 'huggingface', storage: place.address, taskQueue, training, heartbeatSeconds: 3 };
    const temporal = { address: testTemporal(), namespace: 'default' };
    platform = createPlatforms({ mine }, { env: {}, temporal }).get('mine');
  });
  afterAll(async () => {
    for (const server of servers) await server.kill();
    await remove(folder);
  });

  async function shared(): Promise<Place> {
    const address = await openStorage();
    return { address, names: async () => await readdir(address, { recursive: true }) };
  }

  async function bucket(): Promise<Place> {
    const { url, server } = await startMoto(folder);
    servers.push(server);
    const access = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    Object.assign(process.env, { AWS_ENDPOINT_URL_S3: url, AWS_DEFAULT_REGION: 'us-east-1', ...access });
    const s3 = new S3({ endpoint: url, forcePathStyle: true });
    await s3.createBucket({ Bucket: 'machines' });
    const made = await openStorage();
    for (const name of await readdir(join(made, 'models/tiny'))) {
      const Body = await readFile(join(made, 'models/tiny', name));
      await s3.putObject({ Bucket: 'machines', Key: `team/models/tiny/${name}`, Body });
    }
    await remove(made);
    const names = async () => {
      const { Contents = [] } = await s3.listObjectsV2({ Bucket: 'machines' });
      return Contents.map(({ Key = '' }) => Key.replace('team/', ''));
    };
    return { address: 's3://machines/team', names };
  }

  /** A host of its own: its disk is empty. */
  async function startHost(name: string, ...more: string[]): Promise<ServerProcess> {
    const work = join(folder, name);
    const flags = ['--storage', place.address, '--work', work, '--address', testTemporal(), '--task-queue', taskQueue];
    const command = ['-m', 'tunewright_trainer.worker', ...flags, ...more];
    const host = await runServer(trainerPython, command, join(folder, `${name}.log`), trainerEnv());
    servers.push(host);
    return host;
  }

  async function startJob(): Promise<string> {
    const key = `${runKeyPrefix}${crypto.randomUUID()}-1`;
    const path = join(folder, `${key}.jsonl`);
    const content = smallDataSet();
    await writeFile(path, content);
    const { id } = await platform.uploadFile({ path, name: `${key}-train.jsonl`, bytes: content.length }, {});
    expect(await textOf(platform.readFile?.(id))).toBe(content);
    await platform.createJob(
      spec(id, { key, model: 'tiny', hyperparameters: { epochs: 30, batchSize: 8, learningRateMultiplier: 1 } }),
    );
    return key;
  }

  const ended = async (job: string): Promise<RemoteJob> =>
    await until(
      async () => await platform.getJob(job),
      ({ state }) => state === 'succeeded' || state === 'failed',
      patienceMs,
    );
  const told = async (job: string) =>
    (await platform.newEvents(job, undefined)).map(({ message }) => message).reverse();
  const checkpoints = async (job: string) =>
    (await place.names())
      .filter((name) => name.startsWith(`jobs/${job}/checkpoints/`) && name.endsWith('/whole.json'))
      .map((name) => Number(/checkpoint-(\d+)/.exec(name)?.[1]));
  const losses = (curve: TrainingMetrics[]) => new Map(curve.map(({ step, trainLoss }) => [step, trainLoss]));

  test('a host that is lost is followed by another one, which goes on from the last checkpoint with the same losses', async () => {
    const first = await startHost('first');
    const undisturbed = await startJob();
    expect(await ended(undisturbed)).toMatchObject({ state: 'succeeded', model: `tiny:${undisturbed}` });

    const job = await startJob();
    const [sent = 0] = await until(
      async () => await checkpoints(job),
      ({ length }) => length > 0,
      patienceMs,
    );
    await first.kill();
    expect((await platform.getJob(job)).state).not.toBe('succeeded');
    // Its disk is lost with it.
    await remove(join(folder, 'first'));
    const second = await startHost('second');
    expect(await ended(job)).toMatchObject({ state: 'succeeded' });
    const messages = await told(job);
    expect(messages).toContain('A host has taken up the job: attempt 2.');
    expect(messages.at(-1)).toBe('The model is saved.');
    const [begun, again] = messages.flatMap((message) => /^Training begins at step (\d+)/.exec(message)?.[1] ?? []);
    expect(Number(begun)).toBe(0);
    expect(Number(again)).toBeGreaterThanOrEqual(sent);
    const expected = losses(await platform.trainingCurve(undisturbed));
    const curve = await platform.trainingCurve(job);
    // What is told is a mean over steps; the first one after the checkpoint may be of fewer.
    const compared = curve.filter(({ step, trainLoss }) => trainLoss !== undefined && expected.has(step));
    const different = compared.filter(
      ({ step, trainLoss }) => Math.abs((trainLoss ?? 0) - (expected.get(step) ?? 0)) > 1e-4,
    );
    expect(compared.length).toBeGreaterThan(50);
    expect(different.length).toBeLessThanOrEqual(1);
    expect(curve.at(-1)?.step).toBe(240);

    // By the rule of the connection, and without what nobody needs any more.
    expect(await platform.listCheckpoints(job)).toMatchObject([{ step: 216 }, { step: 240 }]);
    const left = (await place.names()).filter((name) => name.startsWith(`jobs/${job}/`));
    expect(left).toContain(`jobs/${job}/model/model.safetensors`);
    expect(left.filter((name) => /optimizer|scheduler|rng_state/.test(name))).toEqual([]);

    // Elsewhere again it is fetched and served, as is a checkpoint of it.
    await second.stop();
    const third = await startHost('third', '--trainings', '0');
    const deployments = platform.deployments as NonNullable<TrainingPlatform['deployments']>;
    const messagesAsked = [{ role: 'user', content: 'where is my red parcel 1000' }];
    for (const model of [`tiny:${job}`, `tiny:${job}:216`]) {
      const name = `${runKeyPrefix}${crypto.randomUUID()}-1-tuned`;
      await deployments.create({ name, model });
      await until(
        async () => await deployments.state(name),
        (state) => state === 'ready',
        patienceMs,
      );
      const { outputTokens } = await platform.chat({
        model: name,
        messages: messagesAsked,
        maxOutputTokens: 4,
        seed: 1,
      });
      expect(outputTokens).toBeGreaterThan(0);
      await deployments.remove(name);
    }
    await third.kill();

    for (const _ of [1, 2]) await platform.deleteModel(`tiny:${job}`);
    await platform.deleteFile(`${job}-train.jsonl`);
    expect((await place.names()).filter((name) => /\/(model|checkpoints)\//.test(name) && name.includes(job))).toEqual(
      [],
    );
    expect(await platform.findFiles(job)).toEqual([]);
  });
});
