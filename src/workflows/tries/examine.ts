import { ActivityFailure, ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import { evaluationCost } from '../../contract/cost.ts';
import type { JobSummary } from '../../contract/run.ts';
import type { Try } from '../../contract/tries.ts';
import { activities } from '../activities.ts';
import { askModels } from '../asking.ts';
import type { Access } from '../bases.ts';
import { failureOf } from '../failures.ts';
import type { Prices } from '../rules.ts';
import type { Run } from '../run.ts';
import { together } from '../together.ts';
import type { Candidate } from './choose.ts';

export type Examples = Parameters<typeof askModels>[2];

interface Trained {
  number: number;
  shown: Try;
  prices: Prices;
  access: Access;
}

/** Asks the models of those that were trained the validation examples. One that does not answer is left out. */
export async function examine(run: Run, tries: readonly Trained[], validation: Examples): Promise<Candidate[]> {
  const trained = tries.filter(({ shown }) => shown.status === 'trained');
  await showLosses(run, trained);
  const calls = trained.map((one) => async () => await examineOne(run, one, validation));
  // What is deployed is paid by the hour: one after the other.
  const inTurn = trained.some(({ access }) => access.deploys);
  const examined = inTurn ? await oneByOne(calls) : await together(calls);
  run.progress.publish();
  return examined.filter((one) => one !== undefined);
}

async function examineOne(run: Run, one: Trained, validation: Examples): Promise<Candidate | undefined> {
  const { number, shown, prices, access } = one;
  const { connection } = run.input.config;
  const deploys = access.deploys === true;
  try {
    const model = await modelOf(shown.job as JobSummary, connection);
    if (!deploys) await activities.warmUp(`Wait for ${model} to answer`, { connection, model });
    // Its deployment must not be called as its job is.
    const role = `tried-${number}` as const;
    const scores = await askModels(run, [{ role, connection, model, deploys, prices }], validation);
    const evaluation = scores[role];
    if (!evaluation) return undefined;
    const { cached: _, ...asIfAsked } = evaluation;
    shown.cost.evaluationUsd = evaluationCost(evaluation, prices);
    Object.assign(shown, { model, score: evaluation.score, asked: evaluation.examples });
    return { number, shown, score: evaluation.score.value, askingUsd: evaluationCost(asIfAsked, prices) };
  } catch (error) {
    const failed = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
    if (!failed || isCancellation(error)) throw error;
    shown.says = `Its model could not be asked: ${failureOf(error).message}`;
    return undefined;
  }
}

/** The job's own, or of one that was stopped early the checkpoint with the lowest validation loss. */
async function modelOf({ id: jobId, model }: JobSummary, connection: string): Promise<string> {
  if (model !== undefined) return model;
  const { candidates } = await activities.findCheckpoints('Look for the best checkpoint', { connection, jobId });
  return (candidates[0] as (typeof candidates)[number]).model;
}

/** The last losses of each, where the platform tells them. */
async function showLosses(run: Run, trained: readonly Trained[]): Promise<void> {
  const { connection } = run.input.config;
  const jobIds = trained.map(({ shown }) => (shown.job as JobSummary).id);
  const losses = await activities.lastLosses('Look at the losses', { connection, jobIds });
  for (const [at, { shown }] of trained.entries()) {
    const metrics = losses[at];
    if (metrics) shown.metrics = metrics;
  }
}

async function oneByOne<T>(calls: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  for (const call of calls) results.push(await call());
  return results;
}
