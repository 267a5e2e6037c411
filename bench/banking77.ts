import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluationTable } from '../src/cli/render/evaluation.ts';
import { table } from '../src/cli/render/table.ts';
import { plain } from '../src/cli/render/text.ts';
import { createClient } from '../src/client.ts';
import { startStack } from '../src/embedded/stack.ts';
import { formatCount, formatDuration, formatUsd } from '../src/evaluation/format.ts';
import { convertBanking77, findBanking77 } from './support/banking77-data.ts';
import { type FinishedRun, runBanking77, sameScores } from './support/banking77-run.ts';
import { killOnce } from './support/kill.ts';
import { readLedger, type Spent } from './support/ledger.ts';
import { say } from './support/output.ts';

/**
 * Trains on Banking77's questions through the embedded stack, unattended, and prints what came of it. The worker is
 * killed once, in the midst of the evaluation. With `--twice` an undisturbed run follows, which must come to the same.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { twice: { type: 'boolean', default: false } } });
  const source = findBanking77();
  if (!source) return 1;
  const home = await mkdtemp(join(tmpdir(), 'tunewright-banking77-'));
  try {
    return await bench(source, home, values.twice);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function bench(source: string, home: string, twice: boolean): Promise<number> {
  const begun = Date.now();
  const questions = await convertBanking77(source, home);
  say(`${formatCount(questions.train, 'training question')}, ${formatCount(questions.test, 'test question')}`);
  let workerPid = 0;
  const { TEMPORAL_ADDRESS: _, ...env } = process.env;
  const { stack, stop } = await startStack({
    home,
    env: { ...env, TUNEWRIGHT_DATA: home, TUNEWRIGHT_LOG_LEVEL: 'warn' },
    // The simulated platform takes no longer than its learner computes.
    trainingSeconds: 0,
    log: say,
    started: (part, pid) => {
      if (part === 'worker') workerPid = pid;
    },
  });
  const { simulatorUrl, temporalAddress } = stack;
  const client = await createClient({ address: temporalAddress });
  const over = new AbortController();
  try {
    const killed = killOnce({ simulatorUrl, afterAnswers: questions.test, pid: () => workerPid, signal: over.signal });
    const [run] = await Promise.all([runBanking77(client, temporalAddress), killed]);
    show(run, await readLedger(simulatorUrl), Date.now() - begun);
    return twice ? compare(run, await runBanking77(client, temporalAddress)) : 0;
  } finally {
    over.abort();
    await client.close();
    await stop();
  }
}

function show({ result, wallMs, evaluationAttempts }: FinishedRun, spent: Spent, totalMs: number): void {
  const { comparison, rivals, cost } = result;
  const { trainingUsd = 0, evaluationUsd = 0 } = cost;
  const asked = [comparison.tuned, ...rivals.map(({ evaluation }) => evaluation)].reduce(
    (sum, one) => sum + one.examples,
    0,
  );
  const rows = [
    ['cost, simulated', `${formatUsd(trainingUsd)} training, ${formatUsd(evaluationUsd)} evaluation`],
    ['wall time of the run', formatDuration(wallMs)],
    ['with conversion and start of the stack', `${formatDuration(totalMs)} on ${availableParallelism()} cores`],
    ['kills of the worker', '1, by SIGKILL, with half of the questions answered'],
    ['attempts of the evaluations', evaluationAttempts.join(', ')],
    ['jobs created, trainings paid', `${spent.jobs}, ${spent.trainings}`],
    ['questions answered by the platform', `${spent.answers}; ${asked} were needed, and 1 to see the model ready`],
  ];
  say(`\n${evaluationTable(result, plain)}\n\n${table(['measure', 'value'], rows, plain)}`);
}

function compare(run: FinishedRun, undisturbed: FinishedRun): number {
  const same = sameScores(run.result, undisturbed.result);
  say(`\nundisturbed run: ${formatDuration(undisturbed.wallMs)}, ${same ? 'every score the same' : 'OTHER SCORES'}`);
  return same ? 0 : 1;
}

process.exitCode = await main();
