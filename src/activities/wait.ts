import { TunewrightError } from '../contract/errors.ts';
import type { JobSummary, StageProgress, TrainingMetrics } from '../contract/run.ts';
import { findTurn } from '../evaluation/index.ts';
import type { JobEvent, JobQuery, RemoteJob, TrainingPlatform } from '../platforms/platform.ts';
import { attended, heartbeat, lastHeartbeat, triedForMs } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';
import { summary } from './job.ts';

export interface WaitInput extends JobQuery {
  connection: string;
  jobId: string;
  pollSeconds: number;
  /** Other jobs of the run that are known and stopped. */
  stoppedIds: string[];
  /** Whether the wait ends when training overfits. */
  stopEarly?: boolean;
}

export interface WaitedFor {
  job: JobSummary;
  /** Further jobs of the run: a proxy that repeats a request creates one that nobody has heard of. */
  others: JobSummary[];
  /** Why the job, which still trains, is not worth its end. */
  turned?: string;
}

/** Carried by the heartbeat from attempt to attempt: the event cursor, the last metrics, and whether others were looked for. */
interface WaitHeartbeat extends StageProgress {
  lastEvent?: string | undefined;
  alone?: boolean;
}

export function waitActivities({ platforms }: Dependencies) {
  return {
    /**
     * One look at the job. It answers when the job has ended with a model, is not the only one of its run, or overfits where
     * it is to be stopped for that; until then it fails as `still_pending` and the server calls it again, so that a history
     * does not grow with the hours a job trains.
     */
    async waitForJob(input: WaitInput): Promise<WaitedFor> {
      const platform = platforms.get(input.connection);
      const before = lastHeartbeat<WaitHeartbeat>() ?? {};
      const { job, events, others, turned } = await attended(
        async () => await look(platform, input, before),
        () => before,
      );
      const metrics = events.find((event) => event.metrics)?.metrics ?? before.metrics;
      heartbeat({
        ...progress(job, metrics, events[0]?.id ?? before.lastEvent, events[0]?.message ?? before.message),
        alone: before.alone ?? others !== undefined,
      } satisfies WaitHeartbeat);

      if (others && others.length > 0) {
        return { job: summary(platform, job), others: others.map((other) => summary(platform, other)) };
      }
      if (hasModel(job)) return { job: summary(platform, job), others: [] };
      if (job.state === 'failed') throw jobFailed(job);
      if (job.state === 'cancelled') throw jobCancelled(job);
      if (turned) return { job: summary(platform, job), others: [], turned };
      throw stillPending(`The job ${job.id} is ${job.platformStatus}.`, input.pollSeconds * 1000);
    },
  };
}

async function look(platform: TrainingPlatform, input: WaitInput, { lastEvent, alone }: WaitHeartbeat) {
  const { jobId } = input;
  const job = await platform.getJob(jobId);
  if (job.state === 'succeeded' && job.model === null) await platform.makeModel?.(jobId);
  const events = await platform.newEvents(jobId, lastEvent);
  const turned = input.stopEarly && job.state === 'running' ? await turnOf(platform, jobId, events) : undefined;
  // Once, when a listing must show all there is: at every look it would be a request a poll.
  const listed = triedForMs() >= platform.capabilities.listLagMs;
  if (alone || !(listed || hasModel(job))) return { job, events, others: undefined, turned };
  await removeStrayFiles(platform, input);
  return { job, events, others: await othersOf(platform, input), turned };
}

/** The whole curve is read only where there is a checkpoint to go back to and something new was measured. */
async function turnOf(
  platform: TrainingPlatform,
  jobId: string,
  events: readonly JobEvent[],
): Promise<string | undefined> {
  if (!events.some(({ metrics }) => metrics?.validLoss !== undefined)) return undefined;
  const checkpoints = await platform.listCheckpoints(jobId);
  return checkpoints.length === 0 ? undefined : findTurn(await platform.trainingCurve(jobId), checkpoints);
}

/** An upload that arrived twice left a file on which no job trains. It costs nothing, and nothing waits for it. */
async function removeStrayFiles(platform: TrainingPlatform, { key, trainingFileIds }: WaitInput): Promise<void> {
  try {
    const files = await platform.findFiles(`${key}-`);
    for (const { id } of files) if (!trainingFileIds.includes(id)) await platform.deleteFile(id);
  } catch (error) {
    if (!(error instanceof TunewrightError)) throw error;
  }
}

/** A platform that cannot list has no say here: the job that is known is waited for. */
async function othersOf(platform: TrainingPlatform, input: WaitInput): Promise<RemoteJob[]> {
  try {
    const known = [input.jobId, ...input.stoppedIds];
    return (await platform.findJobs(input)).filter(({ id }) => !known.includes(id));
  } catch (error) {
    if (error instanceof TunewrightError && error.retry === 'never') return [];
    throw error;
  }
}

function hasModel(job: RemoteJob): boolean {
  return job.state === 'succeeded' && job.model !== null;
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
