import type { LeadTime, StepTime } from '../contract/lifetimes.ts';
import type { Stage, StageTiming } from '../contract/run.ts';
import type { Records } from '../records/index.ts';

/** Stages of a run that a step of a migration repeats. */
const stagesOf: Readonly<Record<keyof LeadTime, readonly Stage[]>> = {
  training: ['upload', 'train', 'warmup'],
  evaluation: ['evaluate'],
  approval: ['promote'],
};
/** Hours where there are no runs to go by. A person is waited for as long as a gate does unless it says otherwise. */
const defaults: Readonly<Record<keyof LeadTime, number>> = { training: 24, evaluation: 8, approval: 168 };
/** Fewer say nothing. */
const fewestRuns = 3;
const runsLookedAt = 100;
const hourMs = 3_600_000;

/** How long the steps of a migration take: the longest that they took in the latest runs that succeeded. */
export async function leadTime(records: Records): Promise<LeadTime> {
  const { runs } = await records.listRuns({ status: 'succeeded', limit: runsLookedAt });
  const timings = runs.map(({ progress }) => progress.timings);
  // What a gate promotes by itself says nothing of how long a person takes.
  const asked = runs.flatMap(({ config, progress }) => (config.gate.approval === 'person' ? [progress.timings] : []));
  const step = (name: keyof LeadTime): StepTime => {
    const hours = (name === 'approval' ? asked : timings).flatMap((run) => hoursOf(run, stagesOf[name]) ?? []);
    return hours.length < fewestRuns
      ? { hours: defaults[name] }
      : { hours: Number(Math.max(...hours).toFixed(2)), runs: hours.length };
  };
  return { training: step('training'), evaluation: step('evaluation'), approval: step('approval') };
}

/** Whole days that all steps take together. */
export function leadDays({ training, evaluation, approval }: LeadTime): number {
  return Math.ceil((training.hours + evaluation.hours + approval.hours) / 24);
}

/** Undefined for a run that had none of the stages. */
function hoursOf(timings: readonly StageTiming[], stages: readonly Stage[]): number | undefined {
  const own = timings.filter(({ stage, endedAt }) => stages.includes(stage) && endedAt !== undefined);
  if (own.length === 0) return undefined;
  return (
    own.reduce((sum, { startedAt, endedAt = startedAt }) => sum + Date.parse(endedAt) - Date.parse(startedAt), 0) /
    hourMs
  );
}
