import { Client, Connection } from '@temporalio/client';
import type { TunewrightClient } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import type { RunResult } from '../../src/contract/run.ts';
import { attemptsOf } from './attempts.ts';

/** Beyond this the run is given up. */
const limitMs = 8 * 60_000;

const config: RunConfigInput = {
  name: 'banking77',
  connection: 'simulator',
  model: 'stand-in-mini',
  data: { train: 'train.jsonl', test: 'test.jsonl' },
  split: { validation: 0.1, seed: 1 },
  seed: 1,
  budgetUsd: 500,
  evaluation: { prompted: { examples: 64 } },
  pollSeconds: 0.5,
};

export interface FinishedRun {
  result: RunResult;
  wallMs: number;
  /** How often each evaluation was begun. */
  evaluationAttempts: number[];
}

/** Runs the pipeline over Banking77 from start to end. Throws the named reason when it fails. */
export async function runBanking77(client: TunewrightClient, temporalAddress: string): Promise<FinishedRun> {
  const begun = Date.now();
  const run = await client.start(config);
  const impatience = setTimeout(() => void run.cancel('It takes too long.'), limitMs);
  try {
    const result = await run.result();
    const wallMs = Date.now() - begun;
    return { result, wallMs, evaluationAttempts: await evaluationAttempts(run.name, temporalAddress) };
  } finally {
    clearTimeout(impatience);
  }
}

async function evaluationAttempts(run: string, address: string): Promise<number[]> {
  const connection = await Connection.connect({ address });
  try {
    const { workflow } = new Client({ connection });
    const { events } = await workflow.getHandle(run).fetchHistory();
    const begun = (events ?? []).flatMap(
      ({ childWorkflowExecutionStartedEventAttributes: child }) => child?.workflowExecution?.workflowId ?? [],
    );
    const histories = await Promise.all(begun.map(async (id) => await workflow.getHandle(id).fetchHistory()));
    return histories.flatMap((history) => attemptsOf('evaluateModel', history));
  } finally {
    await connection.close();
  }
}

/** Whether two runs came to the same: each model answered as many questions right, and the same ones fixed or broken. */
export function sameScores(one: RunResult, other: RunResult): boolean {
  const essence = ({ comparison: { tuned }, rivals }: RunResult) =>
    JSON.stringify([
      tuned.passed,
      ...rivals.map(({ evaluation, fixed, broken }) => [evaluation.passed, fixed, broken]),
    ]);
  return essence(one) === essence(other);
}
