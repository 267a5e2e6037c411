import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runServer, type ServerProcess } from '../../../src/embedded/server-process.ts';
import { smallDataSet } from '../../support/pipeline.ts';
import { testTemporal } from '../../support/temporal.ts';

const trainers = new URL('../../../trainers/huggingface/', import.meta.url).pathname;
const python =
  process.env.TUNEWRIGHT_TRAINER_PYTHON ?? new URL('../../../.cache/trainer/bin/python', import.meta.url).pathname;

/** Where the trainers' Python environment is missing their tests are skipped, by name: `npm run trainer` makes it. */
export const withTrainers = existsSync(python) ? describe : describe.skip;

/** A shared folder with the base model `tiny`, which knows nothing yet. */
export async function openStorage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-trainers-'));
  await mkdir(join(folder, 'models'));
  const data = join(folder, 'data.jsonl');
  await writeFile(data, smallDataSet());
  const make = [join(trainers, 'tests/tiny_model.py'), join(folder, 'models/tiny'), data, 'words=400', 'length=96'];
  await promisify(execFile)(python, make, { env: trainerEnv() });
  return folder;
}

/** The trainer of one host: a process of its own. */
export async function startTrainer(storage: string, taskQueue: string): Promise<ServerProcess> {
  const flags = ['--storage', storage, '--address', testTemporal(), '--task-queue', taskQueue];
  const log = join(storage, 'trainer-worker.log');
  return await runServer(python, ['-m', 'tunewright_trainer.worker', ...flags], log, trainerEnv());
}

function trainerEnv(): NodeJS.ProcessEnv {
  // A model this small is slower on two threads than on one; nothing is to be had from a hub.
  return { ...process.env, OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1', PYTHONPATH: trainers };
}

export async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
