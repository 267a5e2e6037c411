import { workflowInfo } from '@temporalio/workflow';
import { evaluationCost } from '../contract/cost.ts';
import type { EvaluatedModel, EvaluateRequest, EvaluateResult } from '../contract/evaluate.ts';
import { runKey } from '../contract/run-key.ts';
import { activities } from './activities.ts';
import { evaluateModels } from './evaluation.ts';
import { sinceNow } from './run.ts';
import type { EvaluationTarget } from './targets.ts';

type Planned = Awaited<ReturnType<typeof activities.planEvaluation>>['models'][number];

/** Asks models the same examples without a run, and compares each with the first. */
export async function evaluate(request: EvaluateRequest): Promise<EvaluateResult> {
  const { method, evaluation, seed, budgetUsd, pollSeconds } = request;
  const since = sinceNow();
  const plan = await activities.planEvaluation(`Check the data and the models; budget $${budgetUsd}`, request);
  const { test, train, warnings } = plan;
  const models: (Planned & Pick<EvaluationTarget, 'role' | 'shown'>)[] = plan.models.map((model, at) => ({
    ...model,
    role: `model-${at + 1}`,
  }));
  const [first] = models;
  if (evaluation.prompted && train && first) {
    const { examples } = evaluation.prompted;
    const shown = await activities.choosePrompt('Choose examples for the prompt', { method, train, examples, seed });
    models.splice(1, 0, { ...first, name: `${first.name}, prompted`, role: 'prompted', shown });
  }

  const { firstExecutionRunId, workflowId: runName } = workflowInfo();
  const made = { key: runKey(firstExecutionRunId, 1), runName, since, pollSeconds };
  const scores = await evaluateModels({ targets: models, test, method, evaluation, seed, ...made });
  const asked = models.flatMap(({ role, name, connection, model, prices }) => {
    const scored = scores[role];
    return scored ? [{ name, connection, model, evaluation: scored, usd: evaluationCost(scored, prices) }] : [];
  });
  const cost = { estimatedUsd: plan.usd, usd: asked.reduce((sum, { usd }) => sum + usd, 0) };
  const evaluated = asked.map(({ usd: _, ...model }): EvaluatedModel => model);
  const { comparisons, report } = await activities.compareWithFirst('Compare each model with the first', {
    request,
    test,
    models: evaluated,
    warnings,
    cost,
  });
  return { examples: evaluated[0]?.evaluation.examples ?? 0, models: evaluated, comparisons, warnings, cost, report };
}
