import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { ArtifactRef } from '../contract/artifact.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import type { RivalRole } from '../contract/verdict.ts';
import { activities } from './activities.ts';
import { answersByBatch } from './batch.ts';
import { evaluationCost, type Prices } from './rules.ts';
import type { Run } from './run.ts';
import { type Served, whileServed } from './serving.ts';
import { together } from './together.ts';

type Examined = Parameters<typeof activities.evaluateModel>[1];
type Examples = Examined['test'];

/** A model that is asked the examples. */
export interface Target {
  /** Unique among those of one call. */
  role: RivalRole | 'tuned' | `checkpoint-${number}` | `try-${number}`;
  connection: string;
  model: string;
  /** It answers only under a deployment. */
  deploys: boolean;
  prices: Prices;
  /** Messages that it is shown before each question. */
  shown?: ArtifactRef;
  /** What it answered while it lived: taken where it is dead, or cannot be asked. */
  recorded?: Examined['recorded'];
  dead?: true | undefined;
}

/** What each target answered, by its role. */
export type Scores = Partial<Record<Target['role'], ModelEvaluation>>;

/**
 * Asks each model the same examples; those that answer only under a deployment are deployed for as long as that takes. Of a
 * champion that cannot be asked any more there are no scores: it is for the gate to say what that means.
 */
export async function askModels(run: Run, targets: readonly Target[], examples: Examples): Promise<Scores> {
  const toServe = targets.filter(
    ({ deploys, connection, model }, at) =>
      deploys && targets.findIndex((one) => one.connection === connection && one.model === model) === at,
  );
  if (toServe.length > 0)
    return await whileServed(run, toServe, async (served) => await ask(run, targets, examples, served));
  // Not while models are deployed: what stands idle is paid.
  await run.control.unlessPaused();
  return await ask(run, targets, examples, () => undefined);
}

async function ask(run: Run, targets: readonly Target[], test: Examples, served: Served): Promise<Scores> {
  run.progress.enter('evaluate');
  const scores = await together(targets.map((target) => async () => await askOne(run, target, test, served)));
  return Object.fromEntries(targets.map(({ role }, at) => [role, scores[at]]));
}

async function askOne(run: Run, target: Target, test: Examples, served: Served): Promise<ModelEvaluation | undefined> {
  const { method, evaluation, seed } = run.input.config;
  const { role, connection, model, prices, shown, recorded, dead } = target;
  const deployment = served(target);
  try {
    const batch = await answersByBatch(run, target, test);
    const scores = await activities.evaluateModel(`Evaluate ${model} (${role})`, {
      ...(dead && recorded ? { recorded } : {}),
      connection,
      model,
      method,
      test,
      evaluation,
      seed,
      ...(deployment ? { deployment } : {}),
      ...(shown ? { shown } : {}),
      ...(batch ? { batch } : {}),
    });
    run.progress.evaluated(evaluationCost(scores, prices));
    return scores;
  } catch (error) {
    // A platform may have shut it down, or an account lost access: that must not throw away what was trained.
    if (role !== 'champion' || !(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return recorded && !dead ? await askOne(run, { ...target, dead: true }, test, served) : undefined;
  }
}
