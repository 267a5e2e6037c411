import type { ImageLimits } from '../examples/images.ts';
import { grouped, type Problem, problemAt, warningAt } from '../problem.ts';

/** The fewest examples that OpenAI's fine-tuning takes. */
export const fewestExamples = 10;

/** OpenAI's guide to supervised fine-tuning (November 2026): begin with so many well-made ones. */
const advisedExamples = 50;

/** What a platform takes of a file; what is absent is not limited. */
export interface FileLimits {
  /** {@link fewestExamples} when absent. */
  minimumExamples?: number | undefined;
  maximumExamples?: number | undefined;
  /** Whether it is what is trained on: few examples are then a warning. */
  forTraining?: boolean | undefined;
  /** Of a compressed file those that it holds. */
  maximumBytes?: number | undefined;
  images?: ImageLimits | undefined;
}

export interface FileSize {
  bytes: number;
  examples: number;
  /** Examples that have any. */
  withImages: number;
}

/** What of a whole file the platform does not take, or passes over. */
export function checkSize({ bytes, examples, withImages }: FileSize, limits: FileLimits): Problem[] {
  const { minimumExamples = fewestExamples, maximumExamples = Number.POSITIVE_INFINITY } = limits;
  const { maximumBytes = Number.POSITIVE_INFINITY, forTraining, images } = limits;
  const found: Problem[] = [];
  if (bytes > maximumBytes) {
    const message = `The file has ${grouped(bytes)} bytes, and the platform takes ${grouped(maximumBytes)} at most. Leave some examples out.`;
    found.push(problemAt('', 'file_too_large', message));
  }
  if (examples < minimumExamples) {
    const message = `There are too few examples: ${examples}, and the platform trains on ${minimumExamples} at least. Add some.`;
    found.push(problemAt('', 'too_few_examples', message));
  } else if (forTraining && examples < advisedExamples) {
    const message = `There are ${examples} examples: platforms train on them, but fewer than ${advisedExamples} seldom teach a model much. Add some, and see whether more of them help.`;
    found.push(warningAt('', 'few_examples', message));
  }
  if (examples > maximumExamples) {
    const message = `There are too many examples: ${examples}, and the platform takes ${maximumExamples} at most. Leave some out.`;
    found.push(problemAt('', 'too_many_examples', message));
  }
  if (images && withImages > images.examples) {
    const message = `${withImages} examples have images, more than the ${images.examples} of a file that the platform trains on. Leave some out.`;
    found.push(warningAt('', 'too_many_image_examples', message));
  }
  return found;
}
