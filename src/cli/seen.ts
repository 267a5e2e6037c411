import type { RunProgress, TrainingMetrics } from '../contract/run.ts';

/** The metrics seen of a run while it was watched, in order of steps: those of its present attempt. */
export function createSeen(): (progress: RunProgress) => TrainingMetrics[] {
  const points = new Map<number, TrainingMetrics>();
  let of = '';
  return ({ runId, attempt, live }) => {
    const now = `${runId} ${attempt}`;
    if (now !== of) points.clear();
    of = now;
    if (live?.metrics) points.set(live.metrics.step, live.metrics);
    return [...points.values()].sort((a, b) => a.step - b.step);
  };
}
