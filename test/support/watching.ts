import { setTimeout } from 'node:timers/promises';
import type { RunHandle } from '../../src/client.ts';
import { TunewrightError } from '../../src/contract/errors.ts';
import type { RunProgress, Stage } from '../../src/contract/run.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import type { Pipeline } from './pipeline.ts';

/** Watches until the run is in that stage and `ready`; fails when it is over before. */
export async function until(
  run: RunHandle,
  stage: Stage,
  ready: (now: RunProgress) => boolean = () => true,
): Promise<RunProgress> {
  for await (const now of run.watch({ intervalMs: 50 })) {
    if (now.stage === stage && ready(now)) return now;
  }
  throw new Error(`the run ended before it was in stage ${stage}`);
}

export const training = (now: RunProgress): boolean => now.live?.platformStatus === 'running';

/** Until the platform says so of the job. */
export async function untilJob({ settings }: Pipeline, id: string, platformStatus: string): Promise<void> {
  const platform = createPlatforms(settings.connections, { env: settings.env }).get('simulator');
  while ((await platform.getJob(id)).platformStatus !== platformStatus) await setTimeout(50);
}

/** The named error with which a run ended. */
export async function failureOf(run: RunHandle): Promise<TunewrightError> {
  const error = await run.result().catch((thrown: unknown) => thrown);
  if (error instanceof TunewrightError) return error;
  throw new Error(`the run did not fail by name: ${String(error)}`);
}

/** Files of runs that the platform still holds. */
export async function filesLeft({ settings }: Pipeline): Promise<number> {
  const platform = createPlatforms(settings.connections, { env: settings.env }).get('simulator');
  return (await platform.findFiles('tunewright-')).length;
}

/** A run whose result is right and for which exactly one job and two files were made. */
export async function onceOnly(at: Pipeline): Promise<void> {
  const run = await at.client.start(at.config());
  const { comparison } = await run.result();
  expect(comparison.tuned.score.value).toBeGreaterThan(comparison.base.score.value);
  expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1, files: 2 });
  expect(await filesLeft(at)).toBe(2);
}
