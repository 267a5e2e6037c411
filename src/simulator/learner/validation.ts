import { type Lines, readSamples, type Sample } from './examples.ts';
import type { Learner, Score } from './learner.ts';
import type { StepMetrics } from './types.ts';

/** Validation examples looked at for one step event, unless the batch is larger. */
const SAMPLE_SIZE = 32;

type ValidationMetrics = Pick<StepMetrics, 'validLoss' | 'validAccuracy' | 'fullValidLoss' | 'fullValidAccuracy'>;

/** Reads a validation file whole, as feature ids; throws as `readSamples` does. */
export async function readValidationSet(file: string, lines: Lines): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const sample of readSamples(file, lines)) samples.push(sample);
  return samples;
}

function meanScore(learner: Learner, samples: readonly Sample[]): Score {
  const total = { loss: 0, accuracy: 0 };
  for (const sample of samples) {
    const { loss, accuracy } = learner.evaluate(sample);
    total.loss += loss;
    total.accuracy += accuracy;
  }
  return { loss: total.loss / samples.length, accuracy: total.accuracy / samples.length };
}

/** A stretch of the validation file that moves on with the steps and wraps around. */
function validationSample(samples: readonly Sample[], step: number, batchSize: number): Sample[] {
  const size = Math.min(samples.length, Math.max(batchSize, SAMPLE_SIZE));
  const start = (step * size) % samples.length;
  return [...samples, ...samples.slice(0, size)].slice(start, start + size);
}

/**
 * Scores a sample of the validation examples, which moves on with the steps, and all of them when `full`.
 * Nothing where there are none.
 */
export function validationMetrics(
  learner: Learner,
  samples: readonly Sample[],
  step: number,
  batchSize: number,
  full: boolean,
): ValidationMetrics {
  if (samples.length === 0) return {};
  const sampled = meanScore(learner, validationSample(samples, step, batchSize));
  const metrics = { validLoss: sampled.loss, validAccuracy: sampled.accuracy };
  if (!full) return metrics;
  const all = meanScore(learner, samples);
  return { ...metrics, fullValidLoss: all.loss, fullValidAccuracy: all.accuracy };
}
