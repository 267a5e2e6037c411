import type { Method, RunConfig } from '../contract/config.ts';
import { topFields } from '../datasets/index.ts';

/**
 * A line's own fields by which results are told apart and which nothing else looks at: they need not go to a platform. A
 * grader may look at what it names, code of a module at anything; rewards are computed where the training is.
 */
export function sliceFields(method: Method, { slices, grader }: Pick<RunConfig['evaluation'], 'slices' | 'grader'>) {
  const seen = JSON.stringify(grader);
  if (method === 'reinforcement' || seen.includes('"module"')) return [];
  return topFields(slices).filter((name) => !seen.includes(name));
}
