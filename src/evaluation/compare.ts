import type { ArtifactRef } from '../contract/artifact.ts';
import type { Comparison, ModelEvaluation } from '../contract/evaluation.ts';
import type { Confusion, Rival, RivalRole, SlicedBy } from '../contract/verdict.ts';
import { createConfusionTable } from './confusions.ts';
import { createGradeTally } from './grade-tally.ts';
import { differ, type GradedModel, incomplete, inStep } from './in-step.ts';
import { createPairing } from './pairing.ts';
import type { Prediction, Stream } from './prediction.ts';
import { createSlicer } from './slices.ts';
import { holm, median, wilsonInterval } from './statistics.ts';

export interface GradedRival extends GradedModel {
  role: RivalRole;
}

/** An example that the base model got right and the tuned model wrong; `tuned` is absent when it gave no answer. */
export interface Regression {
  index: number;
  /** What was asked last; filled in from the held-out file. */
  question?: string;
  reference: string;
  base: string;
  tuned?: string;
  /** What the champion answered, where there is one. */
  champion?: string;
}

/** Models on the same examples: what crosses Temporal is `comparison`, the rest belongs in the report. */
export interface ComparedModels {
  /** With the base model. */
  comparison: Comparison;
  /** With every other model, the base among them. */
  rivals: Rival[];
  /** By reference where references are labels, and by every field named. */
  slices: SlicedBy[];
  /** Fields that were named and tell nothing of parts of the examples: over 100 values, or none that occurs twice. */
  unsliced?: string[];
  /** Of the tuned model; empty when the references are no labels. */
  confusions: Confusion[];
  /** Examples that the base model, or the champion where there is one, got right: the first 20 by index. */
  regressions: Regression[];
}

export interface CompareOptions {
  /** Makes intervals repeatable. */
  seed: number;
  /** Of intervals of differences. */
  confidence: number;
}

const regressionsKept = 20;

/** Counts up one model's predictions. Throws `evaluation_incomplete` when there are none, or none got an answer. */
export async function summarise(
  model: string,
  ref: ArtifactRef,
  predictions: Stream<Prediction>,
): Promise<ModelEvaluation> {
  const sums = { examples: 0, passed: 0, errors: 0, inputTokens: 0, outputTokens: 0 };
  const some = { cached: noTokens(), batched: noTokens() };
  /** Of each answer: one that was not timed may have taken any time. */
  const latencies: number[] = [];
  let repeated = 0;
  const grades = createGradeTally();
  let firstError: Prediction['error'];
  for await (const prediction of predictions) {
    const { passed, error, inputTokens, outputTokens } = prediction;
    if (prediction.repeats === undefined) {
      sums.examples += 1;
      if (passed) sums.passed += 1;
      if (error) sums.errors += 1;
      else latencies.push(prediction.latencyMs ?? Number.POSITIVE_INFINITY);
    } else {
      repeated += 1;
    }
    firstError ??= error;
    sums.inputTokens += inputTokens;
    sums.outputTokens += outputTokens;
    for (const how of ['cached', 'batched'] as const) {
      if (!prediction[how]) continue;
      some[how].examples += 1;
      some[how].inputTokens += inputTokens;
      some[how].outputTokens += outputTokens;
    }
    grades.add(prediction);
  }
  if (sums.examples === 0) throw nothingToCompare(model);
  if (sums.errors === sums.examples && firstError) {
    throw incomplete(
      `${model} answered none of the ${sums.examples} held-out examples; the first failed with ${firstError.code}: ${firstError.message}`,
      'Mend what that error names and start the run again.',
    );
  }
  const score = wilsonInterval(sums.passed, grades.graded(model));
  const { cached, batched } = some;
  const cheaper = { ...(cached.examples > 0 ? { cached } : {}), ...(batched.examples > 0 ? { batched } : {}) };
  const middle = median(latencies);
  const timed = Number.isFinite(middle) ? { medianLatencyMs: Math.round(middle) } : {};
  const again = repeated > 0 ? { repeated } : {};
  return { model, ...sums, ...again, ...cheaper, ...timed, ...grades.counts(), score, predictions: ref };
}

function noTokens() {
  return { examples: 0, inputTokens: 0, outputTokens: 0 };
}

/**
 * Compares a tuned model with others, the base first, example by example.
 *
 * Throws `evaluation_incomplete` unless all have predictions for the same examples in the same order, and as many as
 * their evaluations count.
 */
export async function compare(
  tuned: GradedModel,
  others: readonly [GradedRival, ...GradedRival[]],
  { seed, confidence }: CompareOptions,
): Promise<ComparedModels> {
  const against = others.some(({ role }) => role === 'champion') ? 'champion' : 'base';
  const pairings = others.map(() => createPairing());
  const byReference = createSlicer(against);
  const byField = new Map<string, ReturnType<typeof createSlicer>>();
  const confusions = createConfusionTable();
  const regressions: Regression[] = [];
  let examples = 0;
  for await (const [after, ...before] of inStep([tuned, ...others])) {
    // What repeats an example is no further evidence.
    if (after.repeats !== undefined) continue;
    examples += 1;
    const answers = new Map(others.map(({ role }, at) => [role, before[at] as Prediction]));
    for (const [at, pairing] of pairings.entries()) pairing.add(before[at] as Prediction, after);
    byReference.add(after.reference, after, answers);
    for (const [field, value] of Object.entries(after.slices ?? {})) {
      const slicer = byField.get(field) ?? createSlicer(against);
      byField.set(field, slicer);
      slicer.add(value, after, answers);
    }
    // What has no grade is neither right nor wrong.
    if (after.grading) continue;
    if (!after.passed && after.output !== undefined) confusions.add(after.reference, after.output);
    const other = answers.get(against);
    if (other?.passed && !other.grading && !after.passed && regressions.length < regressionsKept) {
      regressions.push(regression(answers, after));
    }
  }
  if (examples === 0) throw nothingToCompare(tuned.evaluation.model);
  for (const { evaluation } of [tuned, ...others]) {
    if (evaluation.examples === examples) continue;
    throw differ(
      `${evaluation.model} was evaluated on ${evaluation.examples} examples, its predictions are ${examples}.`,
    );
  }

  if (pairings.some((pairing) => pairing.graded === 0)) throw nothingGraded(examples);
  const results = pairings.map((pairing) => pairing.result(seed, confidence));
  const adjusted = holm(results.map(({ pValue }) => pValue));
  const [base] = others;
  const [baseResult] = results as [(typeof results)[number]];
  const labels = byReference.sliced('reference');
  const tables = [...byField].map(([field, slicer]) => ({ field, table: slicer.sliced(field) }));
  const fields = tables.flatMap(({ table }) => table ?? []);
  const unsliced = tables.flatMap(({ field, table }) => (table ? [] : [field]));
  return {
    comparison: { base: base.evaluation, tuned: tuned.evaluation, confidence, ...baseResult },
    rivals: others.map(({ role, evaluation }, at) => ({
      role,
      evaluation,
      ...(results[at] as (typeof results)[number]),
      adjustedPValue: adjusted[at] as number,
    })),
    slices: [...(labels ? [labels] : []), ...fields],
    ...(unsliced.length > 0 ? { unsliced } : {}),
    confusions: labels ? confusions.rows() : [],
    regressions,
  };
}

function regression(answers: ReadonlyMap<RivalRole, Prediction>, after: Prediction): Regression {
  const { index, reference } = after;
  const champion = answers.get('champion')?.output;
  return {
    index,
    reference,
    base: answers.get('base')?.output ?? '',
    ...(after.output === undefined ? {} : { tuned: after.output }),
    ...(champion === undefined ? {} : { champion }),
  };
}

function nothingToCompare(model: string): Error {
  return incomplete(
    `There are no held-out examples on which ${model} could be evaluated.`,
    'Raise split.test or name a file as data.test, so that at least one example is held out.',
  );
}

function nothingGraded(examples: number): Error {
  return incomplete(
    `On none of the ${examples} held-out examples could the answers of both models be graded.`,
    'Mend evaluation.grader and start the run again; the predictions tell the reason of each example.',
  );
}
