import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { RunConfig } from '../../contract/config.ts';
import { evaluationCost } from '../../contract/cost.ts';
import type { Reference } from '../../contract/distillation.ts';
import type { MigrationPlan } from '../../contract/migration.ts';
import type { FineTuneInput } from '../../contract/run.ts';
import { artifactSource } from '../../contract/source.ts';
import { activities } from '../activities.ts';
import type { Course } from './course.ts';

/** What the run is started with, once the old model was asked what it may not live to be asked later. */
export async function asked(course: Course, config: RunConfig, plan: MigrationPlan): Promise<FineTuneInput> {
  if (plan.reference || plan.distil) course.now.stage = 'ask';
  const reference = await recorded(course, config, plan);
  const input = await learntFrom(course, config, plan);
  const { askedUsd } = course.now;
  return { ...input, ...(reference ? { reference } : {}), ...(askedUsd === undefined ? {} : { askedUsd }) };
}

/**
 * Has its answers to the held-out examples, as the run would ask them, so that none is paid again. One that dies meanwhile
 * is as any champion that cannot be asked: it is for the gate to say what that means.
 */
async function recorded(
  course: Course,
  { method, evaluation, seed }: RunConfig,
  { reference, prices }: MigrationPlan,
): Promise<Reference | undefined> {
  if (!reference) return undefined;
  const { version, connection, modelId, deployment, heldOut } = reference;
  try {
    const scores = await activities.evaluateModel(`Record what ${modelId} answers to held-out examples`, {
      ...{ connection, model: modelId, method, test: heldOut, seed },
      ...(deployment === undefined ? {} : { deployment: { name: deployment, own: false } }),
      evaluation: { ...evaluation, grader: { type: 'exact_match', normalise: true }, slices: [] },
      outsideRun: true,
    });
    if (prices?.old) pay(course, evaluationCost(scores, prices.old));
    return { version, heldOut, answers: scores.predictions };
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return undefined;
  }
}

/** Where the old model teaches the new one, the run learns from its answers. */
async function learntFrom(course: Course, config: RunConfig, { distil: plan }: MigrationPlan): Promise<FineTuneInput> {
  if (!plan) return { config, attempt: 1 };
  const { connection, data } = config;
  const distilled = await activities.distilModel(`Ask ${plan.modelId} ${plan.inputs.examples} questions`, {
    plan,
    connection,
  });
  course.now.distilled = distilled;
  pay(course, distilled.usd);
  return { config: { ...config, data: { ...data, train: artifactSource(distilled.train) } }, attempt: 1, distilled };
}

function pay({ now }: Course, usd: number): void {
  now.askedUsd = (now.askedUsd ?? 0) + usd;
}
