import type { ArtifactRef } from '../contract/artifact.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import { createGradeTally } from './grade-tally.ts';
import { incomplete, nothingToCompare } from './in-step.ts';
import type { Prediction, Stream } from './prediction.ts';
import { median, wilsonInterval } from './statistics.ts';

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
