import {
  ActivityFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { evaluationCost } from '../contract/cost.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import { evaluatedSignal } from '../contract/messages.ts';
import { activities } from './activities.ts';
import { answersByBatch } from './batch.ts';
import { causeOf, evaluationEnded } from './failures.ts';
import type { EvaluationInput, EvaluationTarget } from './targets.ts';
import { together } from './together.ts';

/** What each target answered, by its role. */
export type Scores = Partial<Record<EvaluationTarget['role'], ModelEvaluation>>;

/**
 * Asks each model the same examples, as a workflow of its own: it can be looked at, reset and cancelled by itself. The run
 * that has begun it is told of each model that is through. Of a champion that cannot be asked any more there are no scores:
 * it is for the gate to say what that means.
 */
export async function evaluateModels(input: EvaluationInput): Promise<Scores> {
  const { targets } = input;
  try {
    const scores = await together(targets.map((target) => async () => await askOne(input, target)));
    // An activity may have ended well all the same.
    if (CancellationScope.current().consideredCancelled) throw evaluationEnded();
    return Object.fromEntries(targets.map(({ role }, at) => [role, scores[at]]));
  } catch (error) {
    // Its name is what whoever has begun the evaluation goes by.
    throw isCancellation(error) ? error : causeOf(error);
  }
}

async function askOne(input: EvaluationInput, target: EvaluationTarget): Promise<ModelEvaluation | undefined> {
  const { test, method, evaluation, seed } = input;
  const { role, connection, model, prices, deployment, shown, recorded, dead } = target;
  try {
    const batch = await answersByBatch(input, target, async (usd) => await tell(role, usd));
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
    await tell(role, evaluationCost(scores, prices));
    return scores;
  } catch (error) {
    // A platform may have shut it down, or an account lost access: that must not throw away what was trained.
    if (role !== 'champion' || !(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return recorded && !dead ? await askOne(input, { ...target, dead: true }) : undefined;
  }
}

/** What it has cost is known to the run even if the others are never through. */
async function tell(role: EvaluationTarget['role'], usd: number): Promise<void> {
  const { parent } = workflowInfo();
  if (!parent) return;
  const run = getExternalWorkflowHandle(parent.workflowId, parent.runId);
  try {
    await CancellationScope.nonCancellable(() => run.signal(evaluatedSignal, { role, usd }));
  } catch {
    // Somebody has ended the run, or reset it: this evaluation is nobody's any more.
  }
}
