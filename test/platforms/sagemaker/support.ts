import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { S3 } from '@aws-sdk/client-s3';
import type { FileToUpload, TrainingPlatform } from '../../../src/platforms/platform.ts';
import { type Connections, createPlatforms } from '../../../src/platforms/registry.ts';
import { smallDataSet } from '../../support/pipeline.ts';
import { calledApart } from '../apart.ts';
import { trainerEnv, trainerPython, trainers } from '../trainers.ts';
import type { ServingContainers, TrainingContainers } from './service/containers.ts';
import { type SageMakerService, startSageMaker } from './service/index.ts';
import { startMoto } from './service/moto.ts';
import { credentials } from './service/token.ts';

// The AWS SDK looks for credentials in the environment first.
process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;

/** A region of one's own: moto's S3, and an imitation of SageMaker. */
export interface Region {
  folder: string;
  s3: S3;
  sagemaker: SageMakerService;
  connection: Connections[string];
  platform: TrainingPlatform;
  connect(changes: Record<string, unknown>): TrainingPlatform;
  /** A file on disk under this name. */
  file(name: string, content?: string | Buffer): Promise<FileToUpload>;
  put(key: string, content: string): Promise<void>;
  /** What a call answers, or with which code it fails, in a process of its own. */
  called(connection: Connections[string], method: string, ...args: unknown[]): Promise<unknown>;
  /** Keys in the bucket that begin so, in order. */
  keys(prefix: string): Promise<string[]>;
  close(): Promise<void>;
}

type Containers = TrainingContainers & ServingContainers;

export const bucket = 'tunewright-tests';

/** @param run what jobs and endpoints run; without it a test moves them */
export async function openRegion(run?: (s3: S3, folder: string) => Containers): Promise<Region> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-sagemaker-'));
  const { url: s3Url, server: moto } = await startMoto(folder);
  const s3 = new S3({ endpoint: s3Url, region: 'eu-west-1', credentials, forcePathStyle: true });
  await s3.createBucket({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } });
  const hub = {
    tiny: { uri: `s3://${bucket}/models/tiny/` },
    gated: { uri: `s3://${bucket}/models/tiny/`, gated: true },
    'no-recipe': { uri: `s3://${bucket}/models/tiny/`, techniques: [] },
    'sft-only': { uri: `s3://${bucket}/models/tiny/`, techniques: ['SFT'] },
  };
  const sagemaker = await startSageMaker(s3, hub, run?.(s3, join(folder, 'containers')));
  const connection = {
    platform: 'sagemaker',
    region: 'eu-west-1',
    roleArn: 'arn:aws:iam::123456789012:role/tunewright',
    storage: `s3://${bucket}/team`,
    models: { tiny: `s3://${bucket}/models/tiny` },
    training: {
      image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/tunewright-trainer:1',
      instanceType: 'ml.m7i.2xlarge',
      hourlyUsd: 3.6,
      maxHours: 1,
      tuning: { method: 'full', learningRate: 3e-3, maxTokens: 96, checkpoints: 10 },
    },
    serving: { image: 'vllm', instanceType: 'ml.g6.xlarge', hourlyUsd: 2 },
    listLagSeconds: 1,
    endpoints: { sagemaker: sagemaker.url, s3: s3Url, runtime: sagemaker.url },
  };
  const connect = (changes: Record<string, unknown>) =>
    createPlatforms({ mine: { ...connection, ...changes } }, { env: {} }).get('mine');
  return {
    folder,
    s3,
    sagemaker,
    connection,
    connect,
    platform: connect({}),
    async file(name, content = 'a line\n') {
      const path = join(folder, name);
      await writeFile(path, content);
      return { path, name, bytes: Buffer.byteLength(content) };
    },
    called: async (to, method, ...args) => await calledApart(to, method, args),
    put: async (Key, Body) => void (await s3.putObject({ Bucket: bucket, Key, Body })),
    async keys(Prefix) {
      const { Contents = [] } = await s3.listObjectsV2({ Bucket: bucket, Prefix });
      return Contents.map(({ Key = '' }) => Key);
    },
    async close() {
      await sagemaker.close();
      s3.destroy();
      await moto.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What is changed of a connection where SageMaker's own recipes train. */
export function serverless(peft: 'lora' | 'none', changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    models: {},
    training: {
      serverless: {
        modelPackageGroupArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/tuned',
        peft,
        maxHours: 1,
        ...changes,
      },
    },
    serving: {
      image: 'vllm',
      instanceType: 'ml.g6.xlarge',
      hourlyUsd: 2,
      ...(peft === 'lora' ? { component: { memoryMb: 8192, accelerators: 1 } } : {}),
    },
    catalogue: {
      models: [
        {
          id: 'tiny',
          methods: ['supervised', 'dpo', 'reinforcement'],
          encoding: 'o200k_base',
          trainingContextTokens: 2048,
          prices: { training: 2, input: 0, output: 0, checked: '2026-11-28', source: 'made up for a test' },
        },
      ],
    },
  };
}

/** Puts the base model `tiny`, which knows nothing yet, where the connection names it. */
export async function putTinyModel({ folder, s3 }: Region): Promise<void> {
  const data = join(folder, 'data.jsonl');
  const model = join(folder, 'tiny');
  await mkdir(folder, { recursive: true });
  await writeFile(data, smallDataSet());
  const make = [join(trainers, 'tests/tiny_model.py'), model, data, 'words=400', 'length=96'];
  await promisify(execFile)(trainerPython, make, { env: trainerEnv() });
  for (const entry of await readdir(model, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await s3.putObject({ Bucket: bucket, Key: `models/tiny/${relative(model, path)}`, Body: await readFile(path) });
  }
}
