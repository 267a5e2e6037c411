import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { Comparison, ModelEvaluation } from '../contract/evaluation.ts';
import { createLabelTable, type LabelScore } from './labels.ts';
import type { Prediction, Stream } from './prediction.ts';
import { bootstrapDifference, mcnemarTest, wilsonInterval } from './statistics.ts';

/** One model's evaluation with the predictions it stands for. */
export interface GradedModel {
  evaluation: ModelEvaluation;
  predictions: Stream<Prediction>;
}

/** An example that the base model got right and the tuned model wrong; `tuned` is absent when it gave no answer. */
export interface Regression {
  index: number;
  reference: string;
  base: string;
  tuned?: string;
}

/** Two models on the same examples: what crosses Temporal is `comparison`, the rest belongs in the report. */
export interface ComparedModels {
  comparison: Comparison;
  /** One row a distinct reference, the most frequent first; absent when the references are no labels. */
  labels?: LabelScore[];
  /** The first 20 by index. */
  regressions: Regression[];
}

const regressionsKept = 20;

/** Counts up one model's predictions. Throws `evaluation_incomplete` when there are none, or none got an answer. */
export async function summarise(
  model: string,
  ref: ArtifactRef,
  predictions: Stream<Prediction>,
): Promise<ModelEvaluation> {
  const sums = { examples: 0, passed: 0, errors: 0, inputTokens: 0, outputTokens: 0 };
  let firstError: Prediction['error'];
  for await (const { passed, error, inputTokens, outputTokens } of predictions) {
    sums.examples += 1;
    if (passed) sums.passed += 1;
    if (error) sums.errors += 1;
    firstError ??= error;
    sums.inputTokens += inputTokens;
    sums.outputTokens += outputTokens;
  }
  if (sums.examples === 0) throw nothingToCompare(model);
  if (sums.errors === sums.examples && firstError) {
    throw incomplete(
      `${model} answered none of the ${sums.examples} held-out examples; the first failed with ${firstError.code}: ${firstError.message}`,
      'Mend what that error names and start the run again.',
    );
  }
  return { model, ...sums, score: wilsonInterval(sums.passed, sums.examples), predictions: ref };
}

/**
 * Compares two models example by example. `seed` makes the bootstrap interval repeatable.
 *
 * Throws `evaluation_incomplete` unless both have predictions for the same examples in the same order, and as many as
 * their evaluations count.
 */
export async function compare(base: GradedModel, tuned: GradedModel, seed: number): Promise<ComparedModels> {
  const labels = createLabelTable();
  const regressions: Regression[] = [];
  let examples = 0;
  let fixed = 0;
  let broken = 0;
  for await (const [before, after] of inPairs(base.predictions, tuned.predictions)) {
    examples += 1;
    labels.add(before.reference, before.passed, after.passed);
    if (after.passed && !before.passed) fixed += 1;
    if (before.passed && !after.passed) {
      broken += 1;
      if (regressions.length < regressionsKept) regressions.push(regression(before, after));
    }
  }
  if (examples === 0) throw nothingToCompare(tuned.evaluation.model);
  for (const { evaluation } of [base, tuned]) {
    if (evaluation.examples !== examples) {
      throw differ(
        `${evaluation.model} was evaluated on ${evaluation.examples} examples, its predictions are ${examples}.`,
      );
    }
  }
  const difference = bootstrapDifference({ examples, fixed, broken }, seed);
  const pValue = mcnemarTest({ fixed, broken });
  const rows = labels.rows();
  return {
    comparison: { base: base.evaluation, tuned: tuned.evaluation, difference, fixed, broken, pValue },
    ...(rows ? { labels: rows } : {}),
    regressions,
  };
}

async function* inPairs(
  left: Stream<Prediction>,
  right: Stream<Prediction>,
): AsyncGenerator<readonly [Prediction, Prediction]> {
  const others = iterate(right);
  try {
    for await (const before of left) {
      const { value: after } = await others.next();
      if (!after) throw differ('The base model has predictions for more examples than the tuned model.');
      if (before.index !== after.index || before.reference !== after.reference) {
        throw differ(`Example ${before.index} of the base model is not example ${after.index} of the tuned model.`);
      }
      yield [before, after];
    }
    const { done } = await others.next();
    if (!done) throw differ('The tuned model has predictions for more examples than the base model.');
  } finally {
    await others.return(undefined);
  }
}

async function* iterate<T>(stream: Stream<T>): AsyncGenerator<T, undefined> {
  yield* stream;
  return undefined;
}

function regression(before: Prediction, after: Prediction): Regression {
  const tuned = after.output === undefined ? {} : { tuned: after.output };
  return { index: before.index, reference: before.reference, base: before.output ?? '', ...tuned };
}

function nothingToCompare(model: string): TunewrightError {
  return incomplete(
    `There are no held-out examples on which ${model} could be evaluated.`,
    'Raise split.test or name a file as data.test, so that at least one example is held out.',
  );
}

function differ(message: string): TunewrightError {
  return incomplete(message, 'Evaluate both models on the same held-out file with the same evaluation.maxExamples.');
}

function incomplete(message: string, advice: string): TunewrightError {
  return new TunewrightError('evaluation_incomplete', message, { advice });
}
