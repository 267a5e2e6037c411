import { activityInfo } from '@temporalio/activity';
import type { ArtifactRef } from '../contract/artifact.ts';
import { evaluationCost } from '../contract/cost.ts';
import type { ComparedWithFirst, EvaluatedModel, EvaluateRequest, EvaluateResult } from '../contract/evaluate.ts';
import { compare, type EvaluationReport, gradedModel, holm } from '../evaluation/index.ts';
import { withQuestions } from './compare.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { countEach } from './month.ts';
import { askingPrices } from './prices.ts';

export interface CompareWithFirstInput extends Pick<EvaluateResult, 'models' | 'warnings' | 'cost'> {
  request: EvaluateRequest;
  test: ArtifactRef;
}

/** Of the intervals of differences. */
const confidence = 0.95;

export function compareWithFirstActivities({ platforms, store }: Dependencies) {
  async function compareAll(input: CompareWithFirstInput): Promise<Pick<EvaluateResult, 'comparisons' | 'report'>> {
    const { request, test, models, warnings, cost } = input;
    const { method, seed } = request;
    const [first, ...others] = models as [EvaluatedModel, ...EvaluatedModel[]];
    const details: EvaluationReport['details'] = [];
    for (const { name, evaluation } of others) {
      const base = { role: 'base' as const, ...gradedModel(store, first.evaluation) };
      const compared = await compare(gradedModel(store, evaluation), [base], { seed, confidence });
      const regressions = await withQuestions(store, { test, method }, compared.regressions);
      details.push({ name, ...compared, regressions });
    }
    const adjusted = holm(details.map(({ comparison }) => comparison.pValue));
    const comparisons = details.map(({ name, comparison }, at): ComparedWithFirst => {
      const { base: _, tuned: __, confidence: ___, ...figures } = comparison;
      return { name, ...figures, adjustedPValue: adjusted[at] as number };
    });
    const report: EvaluationReport = {
      name: activityInfo().workflowExecution?.workflowId ?? '',
      endedAt: new Date().toISOString(),
      simulated: models.some(({ connection }) => platforms.get(connection).simulated),
      request,
      test,
      models,
      comparisons,
      warnings,
      cost,
      details,
    };
    return { comparisons, report: await store.put(JSON.stringify(report, null, 2)) };
  }

  return {
    /** Compares each model with the first on the same examples, and counts what all were asked in the months of their connections. */
    async compareWithFirst(input: CompareWithFirstInput): Promise<Pick<EvaluateResult, 'comparisons' | 'report'>> {
      return await beating(
        () => ({}),
        async () => {
          const costs = input.models.map(({ connection, model, evaluation }) => {
            const usd = evaluationCost(evaluation, askingPrices(platforms.get(connection), model));
            return { connection, usd };
          });
          await countEach(platforms, 'evaluate', costs);
          return await compareAll(input);
        },
      );
    },
  };
}
