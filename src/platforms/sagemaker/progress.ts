import type { JobEvent } from '../platform.ts';
import { eventsSince } from '../trainer/events.ts';
import type { Described } from './description.ts';

/** What SageMaker itself tells of a job's way, in the order in which it came. */
export function transitionsOf({ SecondaryStatusTransitions = [] }: Described): JobEvent[] {
  return SecondaryStatusTransitions.map(({ Status, StartTime, StatusMessage }, i) => ({
    id: `transition-${i + 1}`,
    at: (StartTime ?? new Date(0)).toISOString(),
    level: Status === 'Failed' ? 'error' : 'info',
    message: `${Status}${StatusMessage ? `: ${StatusMessage}` : ''}`,
  }));
}

/**
 * Of a serverless job, of which SageMaker tells the last step alone: its event stands behind the transitions there were then,
 * so that it can be gone back to though it is told no more. The newest first.
 */
export function progressSince(job: Described, lastSeenId: string | undefined): JobEvent[] {
  const transitions = transitionsOf(job);
  const step = stepOf(job, transitions);
  const [, behind] = /^step-\d+-behind-(\d+)$/.exec(lastSeenId ?? '') ?? [];
  const seen = behind === undefined ? lastSeenId : `transition-${behind}`;
  return eventsSince(transitions, seen).toSpliced(0, 0, ...step.filter(({ id }) => id !== lastSeenId));
}

/** Steps are counted within an epoch, and epochs from 1: sagemaker-python-sdk, trainer_wait.py. */
function stepOf({ ProgressInfo, LastModifiedTime }: Described, transitions: readonly JobEvent[]): JobEvent[] {
  const { CurrentEpoch, CurrentStep = 0, MaxEpoch, TotalStepCountPerEpoch: perEpoch } = ProgressInfo ?? {};
  if (!CurrentEpoch || !MaxEpoch || !perEpoch) return [];
  const step = (CurrentEpoch - 1) * perEpoch + CurrentStep;
  return [
    {
      id: `step-${step}-behind-${transitions.length}`,
      at: (LastModifiedTime ?? new Date(0)).toISOString(),
      level: 'info',
      message: `Step ${CurrentStep} of ${perEpoch}, epoch ${CurrentEpoch} of ${MaxEpoch}`,
      metrics: { step, totalSteps: MaxEpoch * perEpoch },
    },
  ];
}
