import { TunewrightError } from '../contract/errors.ts';
import type { JobSummary, StageProgress, TrainingMetrics } from '../contract/run.ts';
import type { RemoteJob } from '../platforms/platform.ts';
import { attended, heartbeat, lastHeartbeat } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';
import { summary } from './job.ts';

export interface WaitInput {
  connection: string;
  jobId: string;
  pollSeconds: number;
}

/** Carried by the heartbeat from attempt to attempt: the event cursor and the last metrics. */
interface WaitHeartbeat extends StageProgress {
  lastEvent?: string | undefined;
}

export function waitActivities({ platforms }: Dependencies) {
  return {
    /**
     * One look at the job. It answers when the job has ended with a model; until then it fails as `still_pending` and
     * the server calls it again, so that a history does not grow with the hours a job trains.
     */
    async waitForJob({ connection, jobId, pollSeconds }: WaitInput): Promise<JobSummary> {
      const platform = platforms.get(connection);
      const before = lastHeartbeat<WaitHeartbeat>() ?? {};
      const { job, events } = await attended(
        async () => ({
          job: await platform.getJob(jobId),
          events: await platform.newEvents(jobId, before.lastEvent),
        }),
        () => before,
      );
      const metrics = events.find((event) => event.metrics)?.metrics ?? before.metrics;
      heartbeat(progress(job, metrics, events[0]?.id ?? before.lastEvent, events[0]?.message ?? before.message));

      if (job.state === 'succeeded' && job.model) return summary(platform, job);
      if (job.state === 'failed') throw jobFailed(job);
      if (job.state === 'cancelled') throw jobCancelled(job);
      throw stillPending(`The job ${job.id} is ${job.platformStatus}.`, pollSeconds * 1000);
    },
  };
}

function progress(
  job: RemoteJob,
  metrics: TrainingMetrics | undefined,
  lastEvent: string | undefined,
  message: string | undefined,
): WaitHeartbeat {
  return {
    unit: 'steps',
    platformStatus: job.platformStatus,
    ...(metrics ? { metrics, done: metrics.step } : {}),
    ...(metrics?.totalSteps ? { total: metrics.totalSteps } : {}),
    ...(job.estimatedFinish ? { estimatedFinish: job.estimatedFinish } : {}),
    ...(message ? { message } : {}),
    lastEvent,
  };
}

function jobFailed(job: RemoteJob): TunewrightError {
  const { code = 'unknown', message = '' } = job.error ?? {};
  return new TunewrightError('job_failed', `The platform's job ${job.id} failed (${code}): ${message}`, {
    advice: 'Mend what it names, then `tunewright retrain`; a job that failed is never started again by itself.',
  });
}

function jobCancelled(job: RemoteJob): TunewrightError {
  return new TunewrightError('job_cancelled', `The job ${job.id} was cancelled at the platform, not by this run.`, {
    advice: 'Find out who cancelled it; `tunewright retrain` starts a new one.',
  });
}
