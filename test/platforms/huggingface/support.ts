import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runServer, type ServerProcess } from '../../../src/embedded/server-process.ts';
import { smallDataSet } from '../../support/pipeline.ts';
import { testTemporal } from '../../support/temporal.ts';
import { trainerEnv, trainerPython, trainers } from '../trainers.ts';

/** A shared folder with the base model `tiny`, which knows nothing yet. */
export async function openStorage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-trainers-'));
  await mkdir(join(folder, 'models'));
  const data = join(folder, 'data.jsonl');
  await writeFile(data, smallDataSet());
  const make = [join(trainers, 'tests/tiny_model.py'), join(folder, 'models/tiny'), data, 'words=400', 'length=96'];
  await promisify(execFile)(trainerPython, make, { env: trainerEnv() });
  return folder;
}

/** What `--serve` takes for a server that answers `yes`: one that loads a model takes seconds of processor first. */
export const answersYes = `${process.execPath} --disable-warning=ExperimentalWarning ${new URL('./yes.ts', import.meta.url).pathname} {host} {port}`;

/** The trainer of one host: a process of its own. */
export async function startTrainer(
  storage: string,
  taskQueue: string,
  more: string[] = [],
  env = trainerEnv(),
): Promise<ServerProcess> {
  const flags = ['--storage', storage, '--address', testTemporal(), '--task-queue', taskQueue, ...more];
  const log = join(storage, 'trainer-worker.log');
  return await runServer(trainerPython, ['-m', 'tunewright_trainer.worker', ...flags], log, env);
}

export async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
