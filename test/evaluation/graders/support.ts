import type { z } from 'zod';
import { TunewrightError } from '../../../src/contract/errors.ts';
import { type GraderConfig, graderSchema } from '../../../src/contract/graders.ts';
import {
  createGrader,
  type Grade,
  type GraderContext,
  type Grading,
  type JudgeUse,
} from '../../../src/evaluation/graders/index.ts';
import type { EvaluationItem, Sample } from '../../../src/evaluation/sample.ts';

/** A grader as a person writes it, with its defaults filled in. */
export function grader(config: z.input<typeof graderSchema>): GraderConfig {
  return graderSchema.parse(config);
}

/** What is wrong with a configuration, a line a problem. */
export function problems(config: unknown): string[] {
  const { error } = graderSchema.safeParse(config);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const none = () => {
  throw new Error('this grader asks nobody');
};
/** For graders that need nothing of the world. */
export const alone: GraderContext = { ask: none, embed: none, script: none };

export interface Graded extends Grade {
  uses: JudgeUse[];
}

/** Grades one answer, given as its text or in full. */
export async function gradeOne(
  config: z.input<typeof graderSchema>,
  item: EvaluationItem,
  answer: string | Sample,
  context: GraderContext = alone,
): Promise<Graded> {
  const uses: JudgeUse[] = [];
  const grading: Grading = {
    remote: async (_model, call) => await call(new AbortController().signal),
    count: (use) => uses.push(use),
  };
  const sample = typeof answer === 'string' ? { output_text: answer } : answer;
  return { ...(await createGrader(grader(config), context).grade(item, sample, grading)), uses };
}

/** The failure of a call that fails by name. */
export async function failureOf(call: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await call();
  } catch (error) {
    if (error instanceof TunewrightError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}
