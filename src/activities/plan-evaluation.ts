import type { ArtifactRef } from '../contract/artifact.ts';
import { dollars } from '../contract/cost.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { EvaluateRequest } from '../contract/evaluate.ts';
import type { StageProgress } from '../contract/run.ts';
import { type Inspection, inspectDataset } from '../datasets/index.ts';
import type { ModelEntry } from '../platforms/catalogue.ts';
import { deadByRecord } from '../records/index.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import type { EvaluateInput } from './evaluate.ts';
import { checkGradable } from './gradable.ts';
import { openGrader } from './grading.ts';
import { invalidData, warningLines, withoutBatches } from './inspect.ts';
import { checkJudges, gradingUsd } from './judges.ts';
import { type Asked, learntBy } from './learnt.ts';
import { promiseEach } from './month.ts';
import { type AskingPrices, askingPrices } from './prices.ts';
import { checkSliceable } from './sliceable.ts';
import { shownSource, snapshot } from './snapshot.ts';

export interface PlannedModel extends Pick<EvaluateInput, 'connection' | 'model' | 'deployment'> {
  /** As it was asked for. */
  name: string;
  prices: AskingPrices;
}

export interface EvaluationPlan {
  test: EvaluateInput['test'];
  train?: ArtifactRef;
  models: PlannedModel[];
  /** What it will cost at most about, US dollars: nothing is known of it yet that was asked before. */
  usd: number;
  warnings: string[];
}

const problemsShown = 20;
const million = 1_000_000;

export function planEvaluationActivities(dependencies: Dependencies) {
  const { platforms, records, store } = dependencies;

  async function named(name: string): Promise<{ connection: string; model: string }> {
    const [, connection, model] = /^([^/]+)\/(.+)$/.exec(name) ?? [];
    if (connection && model) return { connection, model };
    const [registered = '', wanted] = name.split('@');
    const kept = await records();
    const { champion } = await kept.getModel(registered);
    const number = wanted === undefined ? champion : Number(wanted);
    if (number === undefined) {
      throw new TunewrightError('no_champion', `No version of "${registered}" is in service.`, {
        advice: `Name a version: ${registered}@1; \`tunewright models show ${registered}\` lists them.`,
      });
    }
    const version = await kept.getVersion(registered, number);
    if (!deadByRecord(version)) return { connection: version.connection, model: version.modelId };
    throw new TunewrightError('version_dead', `Version ${number} of "${registered}" answers no more.`, {
      advice: 'Leave it out, or name a version that is alive.',
    });
  }

  async function planned(name: string, batch: boolean): Promise<PlannedModel> {
    const { connection, model } = await named(name);
    const platform = platforms.get(connection);
    if (batch && !platform.batches) throw withoutBatches(connection);
    const prices = askingPrices(platform, model);
    const deployment = platform.deployments?.existing(model);
    if (platform.deployments && deployment === undefined) {
      throw new TunewrightError('refused', `${model} answers at ${connection} only under a deployment.`, {
        advice: 'Deploy it, and name the deployment in `deployments` of the connection.',
      });
    }
    await platform.checkAccess();
    return { name, connection, model, prices, ...(deployment ? { deployment: { name: deployment, own: false } } : {}) };
  }

  async function looked(
    { method, evaluation }: EvaluateRequest,
    { connection, model }: PlannedModel,
    source: string,
    beat: StageProgress,
    signal: AbortSignal,
  ): Promise<{ file: ArtifactRef; inspection: Inspection; warnings: string[] }> {
    const name = shownSource(source);
    const onProgress = (done: number, total: number | undefined) => Object.assign(beat, { done, total });
    const file = await snapshot(dependencies, source, { connection, signal, onProgress });
    const entry: ModelEntry | undefined = platforms.get(connection).catalogueEntry(model);
    const inspection = await inspectDataset(await store.path(file), {
      name,
      method,
      fields: evaluation.slices,
      minimumExamples: 1,
      maxProblems: problemsShown,
      ...(entry ? { encoding: entry.encoding } : {}),
      signal,
      onProgress,
    });
    if (inspection.errors > 0) throw invalidData(name, inspection);
    return { file, inspection, warnings: warningLines(name, inspection.problems) };
  }

  /** Of a model that a run here has registered. */
  async function learntWarning({ name, connection, model }: PlannedModel, asked: Asked): Promise<string[]> {
    const learnt = await learntBy(dependencies, (kept) => kept.findVersion(connection, model), asked);
    if (!learnt) return [];
    const [some, all] = [learnt, asked.examples].map((count) => count.toLocaleString('en-US'));
    return [
      `${name} was trained on ${some} of the ${all} examples: it looks better on them than it is. [learnt_examples]`,
    ];
  }

  async function plan(request: EvaluateRequest, beat: StageProgress, signal: AbortSignal): Promise<EvaluationPlan> {
    const { method, evaluation, seed, budgetUsd } = request;
    const models: PlannedModel[] = [];
    for (const name of request.models) models.push(await planned(name, evaluation.batch));
    const first = models[0] as PlannedModel;
    const { connection } = first;
    await checkJudges(platforms, connection, evaluation.grader);
    const test = await looked(request, first, request.data, beat, signal);
    const train = request.train === undefined ? undefined : await looked(request, first, request.train, beat, signal);
    const { grader, close } = openGrader(dependencies, { connection, seed, grader: evaluation.grader });
    const blind = await checkGradable(grader, method, {
      bytes: store.read(test.file),
      part: 'held-out',
      file: shownSource(request.data),
      maxExamples: evaluation.maxExamples,
    }).finally(close);
    await checkSliceable(evaluation, () => store.read(test.file), method);

    const { examples, tokens, answerTokens } = test.inspection;
    const asked = Math.min(1, (evaluation.maxExamples ?? examples) / examples);
    const questions = { test: test.file, method, examples: Math.min(examples, evaluation.maxExamples ?? examples) };
    const learnt: string[] = [];
    for (const model of models) learnt.push(...(await learntWarning(model, questions)));
    const paidOf = ({ prices: { batchShare = 1 } }: PlannedModel) => (evaluation.batch ? batchShare : 1);
    const usdOf = (model: PlannedModel) =>
      ((tokens * model.prices.input + answerTokens * model.prices.output) / million) * asked * paidOf(model);
    const judges = gradingUsd(platforms, connection, evaluation.grader, { examples, tokens, answerTokens }) * asked;
    const shownTokens = train ? (train.inspection.tokens / train.inspection.examples) * examples * asked : 0;
    const shown = evaluation.prompted?.examples ?? 0;
    const shownUsd = ((shown * shownTokens * first.prices.input) / million) * paidOf(first);
    const costs = models.map((model) => ({ connection: model.connection, usd: usdOf(model) + judges }));
    if (shown > 0) costs.push({ connection, usd: usdOf(first) + judges + shownUsd });
    const usd = costs.reduce((sum, one) => sum + one.usd, 0);
    if (usd > budgetUsd) throw overBudget(usd, budgetUsd);
    await promiseEach(platforms, 'evaluate', costs, 'fewer examples (evaluation.maxExamples), or fewer models');
    return {
      test: { ...test.file, examples },
      ...(train ? { train: train.file } : {}),
      models,
      usd,
      warnings: [...learnt, ...blind, ...test.warnings, ...(train?.warnings ?? [])],
    };
  }

  return {
    /**
     * Before anything is asked: the models are found and priced, every line of the data is checked, and the estimate is set
     * against the budget, and promised in the month of each connection. Throws `invalid_data`, `invalid_config`, `over_budget`, `over_monthly_budget`, `model_unpriced`, `model_unknown`, `no_champion`,
     * `version_dead`, `refused`, and as its sources and its grader do.
     */
    async planEvaluation(request: EvaluateRequest): Promise<EvaluationPlan> {
      const beat: StageProgress = { unit: 'bytes' };
      return await beating(
        () => beat,
        async (signal) => await plan(request, beat, signal),
      );
    },
  };
}

function overBudget(usd: number, budgetUsd: number): TunewrightError {
  const message = `The evaluation would cost about ${dollars(usd)}, its budget is ${dollars(budgetUsd)}.`;
  return new TunewrightError('over_budget', message, {
    advice: 'Raise the budget, ask fewer examples (evaluation.maxExamples), or fewer models.',
  });
}
