import type { RunConfig } from '../contract/config.ts';
import type { DataSummary, JobSummary } from '../contract/run.ts';
import { estimateTrainingTokens } from '../datasets/index.ts';
import type { RemoteJob, TrainingPlatform } from '../platforms/platform.ts';
import { attended, heartbeat, lastHeartbeat } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';
import { summary } from './job.ts';

export interface StopEarlyInput {
  connection: string;
  jobId: string;
  /** What it trains on. */
  train: DataSummary['train'];
  epochs: RunConfig['hyperparameters']['epochs'];
}

export interface StoppedEarly {
  job: JobSummary;
  /** False when it had ended by itself before. */
  stopped: boolean;
}

const lookAgainMs = 1_000;

export function stopEarlyActivities({ platforms }: Dependencies) {
  async function stop({ connection, jobId, ...trained }: StopEarlyInput): Promise<StoppedEarly> {
    const platform = platforms.get(connection);
    let job = await platform.getJob(jobId);
    // Asked once: a job that is about to pause refuses to be asked again.
    if (job.state === 'running' && !lastHeartbeat<{ asked?: true }>()?.asked) {
      job = await platform.pauseJob(jobId);
      heartbeat({ asked: true });
    }
    if (job.state === 'paused') return { stopped: true, job: await billed(platform, job, trained) };
    if (['succeeded', 'failed', 'cancelled'].includes(job.state)) {
      return { stopped: false, job: summary(platform, job) };
    }
    throw stillPending(`Waiting for ${jobId} to pause.`, lookAgainMs);
  }

  return {
    /**
     * Pauses a job for good and sees it paused. A job that is cancelled is nowhere said to keep its checkpoints; of one that
     * is paused they can be used, what it had trained is billed, and nothing more of it costs (OpenAI's billing guide for
     * reinforcement fine-tuning, Azure's "Pause and resume"). Throws `refused` where the platform does not pause it.
     */
    stopEarly: async (input: StopEarlyInput): Promise<StoppedEarly> => await attended(async () => await stop(input)),
  };
}

/** Platforms may tell the tokens only of a job that has ended: then they are the share of its steps. */
async function billed(
  platform: TrainingPlatform,
  job: RemoteJob,
  { train, epochs }: Pick<StopEarlyInput, 'train' | 'epochs'>,
): Promise<JobSummary> {
  const told = summary(platform, job);
  if (told.trainedTokens !== undefined || told.trainingUsd !== undefined) return told;
  const { step, totalSteps } = (await platform.trainingCurve(job.id)).at(-1) ?? {};
  if (step === undefined || totalSteps === undefined) return told;
  const tokens = estimateTrainingTokens({ ...train, epochs });
  return { ...told, trainedTokens: Math.round((tokens * step) / totalSteps) };
}
