import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { S3 } from '@aws-sdk/client-s3';
import { runServer } from '../../../../src/embedded/server-process.ts';
import { readEvents } from '../../../../src/platforms/trainer/events.ts';
import { until } from '../../../faults/support/outcome.ts';
import { trainerEnv, trainerPython } from '../../trainers.ts';
import { freePort } from './moto.ts';
import type { Body } from './wire.ts';

/** A training container: a process with folders of its own in place of /opt/ml. */
export interface Container {
  ended: Promise<number | null>;
  /** SIGTERM, and SIGKILL when that time is over. */
  stop(graceMs: number): void;
  /** What it has left in `/opt/ml/output/failure`. */
  failure(): Promise<string>;
  /** Puts model.tar.gz where the job wants it, or what would be in it into that folder of its output. */
  upload(folder?: string): Promise<void>;
  /** How far it has told to be. */
  steps(): Promise<{ done: number; total: number } | undefined>;
}

export interface TrainingContainers {
  prepare(name: string, request: Body): Promise<Container>;
}

/** A server that answers for an endpoint. */
export interface Served {
  url: string;
  /** As the server knows the model. */
  model: string;
  stop(): Promise<void>;
}

export interface ServingContainers {
  /** Undefined when nobody serves it: what is in service answers `yes` then. */
  serve(name: string, container: Body): Promise<Served | undefined>;
}

const syncMs = 300;

/** Containers as processes on this machine, below `folder`; `/opt/ml` is a folder of each one's own. */
export function containers(s3: S3, folder: string): TrainingContainers & ServingContainers {
  let count = 0;

  return {
    async prepare(name, request) {
      count += 1;
      const root = join(folder, `${name}-${count}`);
      const data = join(root, 'input', 'data');
      for (const path of ['input/config', 'model', 'output', 'checkpoints']) {
        await mkdir(join(root, path), { recursive: true });
      }
      await writeFile(join(root, 'input/config/hyperparameters.json'), JSON.stringify(request.HyperParameters));
      const { InstanceType } = request.ResourceConfig as { InstanceType: string };
      const resources = { current_instance_type: InstanceType, hosts: ['algo-1'] };
      await writeFile(join(root, 'input/config/resourceconfig.json'), JSON.stringify(resources));
      for (const { ChannelName, DataSource } of request.InputDataConfig as ChannelBody[]) {
        await download(s3, DataSource.S3DataSource.S3Uri, join(data, ChannelName));
      }
      const checkpoints = (request.CheckpointConfig as { S3Uri: string }).S3Uri;
      await download(s3, `${checkpoints}/`, join(root, 'checkpoints'));
      const { ContainerEntrypoint } = request.AlgorithmSpecification as { ContainerEntrypoint: string[] };
      const log = await open(join(root, 'container.log'), 'a');
      const child = spawn(trainerPython, ContainerEntrypoint.slice(1), {
        env: {
          ...trainerEnv(),
          ...(request.Environment as NodeJS.ProcessEnv),
          TRAINING_JOB_NAME: name,
          TUNEWRIGHT_OPT_ML: root,
        },
        stdio: ['ignore', log.fd, log.fd],
      });
      await log.close();
      let running = true;
      const exited = once(child, 'exit').then(([code]) => {
        running = false;
        return code as number | null;
      });
      const synced = (async () => {
        const seen = new Map<string, number>();
        while (running) {
          await copyChanged(s3, join(root, 'checkpoints'), checkpoints, seen);
          await Promise.race([pause(syncMs), exited]);
        }
        await copyChanged(s3, join(root, 'checkpoints'), checkpoints, seen);
      })();
      return {
        ended: Promise.all([exited, synced]).then(([code]) => code),
        stop(graceMs) {
          child.kill('SIGTERM');
          const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
          void exited.then(() => clearTimeout(kill));
        },
        failure: async () => await readFile(join(root, 'output/failure'), 'utf8').catch(() => ''),
        async upload(output) {
          const { S3OutputPath } = request.OutputDataConfig as { S3OutputPath: string };
          const to = `${S3OutputPath}/${name}/output`;
          if (output !== undefined) {
            // The trainer merges what it has tuned: it leaves no adapter behind.
            if (output.endsWith('/hf')) throw new Error('This imitation really trains whole models alone.');
            return await copyChanged(s3, join(root, 'model'), `${to}/${output}`, new Map());
          }
          const archive = join(root, 'model.tar.gz');
          await promisify(execFile)('tar', ['-czf', archive, '-C', join(root, 'model'), '.']);
          await put(s3, archive, `${to}/model.tar.gz`);
        },
        async steps() {
          const told = await readFile(join(root, 'checkpoints/events.jsonl'), 'utf8').catch(() => '');
          const metrics = readEvents(told).findLast((event) => event.metrics)?.metrics;
          return metrics?.totalSteps ? { done: metrics.step, total: metrics.totalSteps } : undefined;
        },
      };
    },

    async serve(name, { ModelDataSource, Environment }) {
      count += 1;
      const root = join(folder, `${name}-${count}`);
      await mkdir(root, { recursive: true });
      const { HF_MODEL_ID } = Environment as { HF_MODEL_ID: string };
      const source = (ModelDataSource as { S3DataSource: { S3Uri: string; CompressionType: string } } | undefined)
        ?.S3DataSource;
      if (source) await download(s3, source.S3Uri, root);
      if (source?.CompressionType === 'Gzip') {
        await promisify(execFile)('tar', ['-xzf', join(root, basename(source.S3Uri)), '-C', root]);
      }
      const model = HF_MODEL_ID === '/opt/ml/model' ? root : HF_MODEL_ID;
      const port = await freePort();
      const args = ['-m', 'transformers.cli.transformers', 'serve', model, '--host', '127.0.0.1', '--port', `${port}`];
      const server = await runServer(trainerPython, args, join(root, 'server.log'), trainerEnv());
      const url = `http://127.0.0.1:${port}/v1`;
      const messages = [{ role: 'user', content: 'Hello' }];
      const ask = { method: 'POST', body: JSON.stringify({ model, messages, max_completion_tokens: 1 }) };
      await until(
        async () =>
          await fetch(`${url}/chat/completions`, { ...ask, headers: { 'content-type': 'application/json' } })
            .then(({ ok }) => ok)
            .catch(() => false),
        (ok) => ok,
      );
      return { url, model, stop: server.kill };
    },
  };
}

interface ChannelBody {
  ChannelName: string;
  DataSource: { S3DataSource: { S3Uri: string } };
}

export function objectAt(uri: string): { Bucket: string; Key: string } {
  const { hostname, pathname } = new URL(uri);
  return { Bucket: hostname, Key: pathname.slice(1) };
}

/** Every object whose key begins so, below the folder that it names; one object by its own name. */
async function download(s3: S3, uri: string, to: string): Promise<void> {
  const { Bucket, Key } = objectAt(uri);
  const { Contents = [] } = await s3.listObjectsV2({ Bucket, Prefix: Key });
  for (const { Key: key = '' } of Contents) {
    const path = join(to, key === Key ? basename(key) : relative(Key, key));
    await mkdir(dirname(path), { recursive: true });
    const { Body } = await s3.getObject({ Bucket, Key: key });
    await writeFile(path, (await Body?.transformToByteArray()) ?? '');
  }
}

async function put(s3: S3, path: string, uri: string): Promise<void> {
  const { size } = await stat(path);
  await s3.putObject({ ...objectAt(uri), Body: createReadStream(path), ContentLength: size });
}

async function copyChanged(s3: S3, folder: string, uri: string, seen: Map<string, number>): Promise<void> {
  // The trainer removes older checkpoints meanwhile: what is gone is passed over, and another look shows the rest.
  const passed = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(passed)) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    try {
      const { mtimeMs } = await stat(path);
      if (seen.get(path) === mtimeMs) continue;
      await s3.putObject({ ...objectAt(`${uri}/${relative(folder, path)}`), Body: await readFile(path) });
      seen.set(path, mtimeMs);
    } catch (error) {
      passed(error as NodeJS.ErrnoException);
    }
  }
}
