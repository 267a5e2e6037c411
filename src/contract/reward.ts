import type { RunConfig } from './config.ts';
import type { GraderConfig } from './graders.ts';

/** By whose scores a run's model learns; undefined where it does not learn by scores. */
export function rewardOf({ method, reward, evaluation }: RunConfig): GraderConfig | undefined {
  return method === 'reinforcement' ? (reward ?? evaluation.grader) : undefined;
}
