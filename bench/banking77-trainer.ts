import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { evaluationTable } from '../src/cli/render/evaluation.ts';
import { table } from '../src/cli/render/table.ts';
import { plain } from '../src/cli/render/text.ts';
import { createClient, type RunHandle } from '../src/client.ts';
import type { RunConfigInput } from '../src/contract/config.ts';
import { runServer, type ServerProcess } from '../src/embedded/server-process.ts';
import { startStack } from '../src/embedded/stack.ts';
import { formatCount, formatDuration } from '../src/evaluation/format.ts';
import { convertBanking77, findBanking77 } from './support/banking77-data.ts';
import { say } from './support/output.ts';

const python = fileURLToPath(new URL('../.cache/trainer/bin/python', import.meta.url));
const trainers = fileURLToPath(new URL('../trainers/huggingface', import.meta.url));
/** A model of this size is trained fastest by one thread. */
const env = { ...process.env, OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1', PYTHONPATH: trainers };
/** Weights that know nothing, and a tokenizer made from the training questions. */
const size = { layers: 2, width: 64, words: 1500, length: 192 };
/** Shares of the training after which the trainer is killed. */
const kills = [0.25, 0.5, 0.75];
const limitMs = 40 * 60_000;

const run: RunConfigInput = {
  name: 'banking77-trainer',
  connection: 'own',
  model: 'tiny',
  data: { train: 'train.jsonl', test: 'test.jsonl' },
  split: { validation: 0.05, seed: 1 },
  hyperparameters: { epochs: 12, batchSize: 16 },
  evaluation: { maxOutputTokens: 24 },
  seed: 1,
  budgetUsd: 1,
  pollSeconds: 1,
};

/** A small model learns Banking77 from nothing, for real, on this machine; its trainer is killed three times on the way. */
async function main(): Promise<number> {
  const source = findBanking77();
  if (!source) return 1;
  if (!existsSync(python)) {
    say("The trainers' Python environment is not here: `npm run trainer` makes it.");
    return 1;
  }
  const home = await mkdtemp(join(tmpdir(), 'tunewright-banking77-'));
  try {
    await bench(source, home);
    return 0;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function bench(source: string, home: string): Promise<void> {
  const questions = await convertBanking77(source, home, false);
  say(`${formatCount(questions.train, 'training question')}, ${formatCount(questions.test, 'test question')}`);
  const storage = join(home, 'storage');
  await mkdir(join(storage, 'models'), { recursive: true });
  const sizes = Object.entries(size).map(([name, value]) => `${name}=${value}`);
  const make = [
    join(trainers, 'tests/tiny_model.py'),
    join(storage, 'models/tiny'),
    join(home, 'train.jsonl'),
    ...sizes,
  ];
  execFileSync(python, make, { env, stdio: ['ignore', 'ignore', 'pipe'] });

  const training = { method: 'full', learningRate: 3e-3, maxTokens: size.length };
  const own = { platform: 'huggingface', storage, training, heartbeatSeconds: 5 };
  const config = join(home, 'tunewright.json');
  await writeFile(config, JSON.stringify({ connections: { own } }));
  const { TEMPORAL_ADDRESS: _, ...usual } = process.env;
  const worker = { ...usual, TUNEWRIGHT_CONFIG: config, TUNEWRIGHT_DATA: home, TUNEWRIGHT_LOG_LEVEL: 'warn' };
  const { stack, stop } = await startStack({ home, env: worker, log: say });
  const address = stack.temporalAddress;
  const client = await createClient({ address });
  const startTrainer = async () => {
    const flags = ['-m', 'tunewright_trainer.worker', '--storage', storage, '--address', address];
    return await runServer(python, flags, join(home, 'logs', 'trainer.log'), env);
  };
  let trainer = await startTrainer();
  const begun = Date.now();
  try {
    const handle = await client.start(run);
    const impatience = AbortSignal.timeout(limitMs);
    impatience.addEventListener('abort', () => void handle.cancel('It takes too long.'));
    for (const share of kills) {
      trainer = await killedAt(handle, share, trainer, startTrainer);
    }
    const result = await handle.result();
    const rows = [
      ['wall time of the run', `${formatDuration(Date.now() - begun)} on ${availableParallelism()} cores`],
      ['kills of the trainer', `${kills.length}, by SIGKILL`],
      ['the model', `GPT-2 of ${size.layers} layers, ${size.width} wide, ${size.words} tokens, from random weights`],
    ];
    say(`\n${evaluationTable(result, plain)}\n\n${table(['measure', 'value'], rows, plain)}`);
  } finally {
    await trainer.kill();
    await client.close();
    await stop();
  }
}

async function killedAt(
  handle: RunHandle,
  share: number,
  trainer: ServerProcess,
  start: () => Promise<ServerProcess>,
): Promise<ServerProcess> {
  for (;;) {
    const { live, status } = await handle.progress();
    if (status === 'failed' || status === 'cancelled') return trainer;
    const { step = 0, totalSteps = Number.POSITIVE_INFINITY } = live?.metrics ?? {};
    if (step >= share * totalSteps) {
      await trainer.kill();
      say(`the trainer is killed at step ${step} of ${totalSteps}`);
      return await start();
    }
    await setTimeout(1_000);
  }
}

process.exitCode = await main();
