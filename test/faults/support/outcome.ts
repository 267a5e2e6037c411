import type { RunHandle } from '../../../src/client.ts';
import type { ArtifactRef } from '../../../src/contract/artifact.ts';
import type { RunConfigInput } from '../../../src/contract/config.ts';
import { TunewrightError } from '../../../src/contract/errors.ts';
import type { RunResult } from '../../../src/contract/run.ts';
import { runKey } from '../../../src/contract/run-key.ts';
import type { World } from './world.ts';

/** The run that every fault meets: two intents, one seed, trained in milliseconds. */
export const config: RunConfigInput = {
  name: 'faults',
  connection: 'simulator',
  model: 'stand-in-mini',
  data: { train: 'data.jsonl' },
  budgetUsd: 5,
  // No run is to be spared what another has asked.
  evaluation: { reuseAnswers: false },
  pollSeconds: 0.1,
};

/** What has become of a run; no fault may change it. */
export interface Outcome {
  /** Jobs of the run that were created, and those that were paid, ever. */
  jobs: number;
  paid: number;
  /** Files of the run that the platform holds. */
  files: number;
  /** The name of the error with which it ended, if it did. */
  error?: string;
  /** The report without what names this one run: its ids and its times. */
  report?: unknown;
  /** Of base and tuned model. */
  answers?: unknown[][];
}

/**
 * Waits for its end.
 *
 * @param key of the attempt with which it ends, where that is not the first of its chain
 */
export async function outcomeOf(world: World, run: RunHandle, key?: string): Promise<Outcome> {
  const ended = await run.result().catch(nameOf);
  const { runId } = await run.progress();
  const spent = await spentBy(world, key ?? runKey(runId, 1));
  if (typeof ended === 'string') return { ...spent, error: ended };
  const report = withoutNames(await world.store.readText(ended.report), ended);
  const { base, tuned } = ended.comparison;
  const answers = await Promise.all([base, tuned].map(async ({ predictions }) => await answersIn(world, predictions)));
  return { ...spent, report, answers };
}

/** What was answered, without how long it took. */
async function answersIn(world: World, predictions: ArtifactRef): Promise<unknown[]> {
  const lines = (await world.store.readText(predictions)).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line, (field, value: unknown) => (field === 'latencyMs' ? undefined : value)));
}

function nameOf(error: unknown): string {
  return error instanceof TunewrightError ? error.code : String(error);
}

/** What was created under the key of an attempt. */
export async function spentBy(world: World, key: string): Promise<Pick<Outcome, 'jobs' | 'paid' | 'files'>> {
  const { entries } = await world.ledger();
  const jobs = entries.filter(({ kind, metadata }) => kind === 'job' && Object.values(metadata ?? {}).includes(key));
  const ids = jobs.map(({ id }) => id);
  const paid = entries.filter(({ kind, id }) => kind === 'training' && ids.includes(id));
  return { jobs: jobs.length, paid: paid.length, files: (await world.platform.findFiles(`${key}-`)).length };
}

/** Answers are compared by their content: how long each took stands in them. */
const times = ['startedAt', 'endedAt', 'medianLatencyMs', 'predictions'];

function withoutNames(report: string, { name, runId, job, model }: RunResult): unknown {
  const neutral = report
    .replaceAll(name, 'RUN')
    .replaceAll(runId, 'RUN-ID')
    .replaceAll(job.id, 'JOB')
    .replaceAll(model, 'MODEL');
  return JSON.parse(neutral, (field, value: unknown) => (times.includes(field) ? undefined : value));
}

/** Whatever the cause: a server that is just coming back. */
export async function reachable<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof TunewrightError && error.code === 'temporal_unreachable')) throw error;
    }
  }
}

/** Polls until it holds; throws with what was last seen when that takes longer than `limitMs`. */
export async function until<T>(look: () => Promise<T> | T, holds: (seen: T) => boolean, limitMs = 600_000): Promise<T> {
  const limit = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > limit) throw new Error(`It did not come to pass; seen last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
