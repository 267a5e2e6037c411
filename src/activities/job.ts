import { TunewrightError } from '../contract/errors.ts';
import type { JobSummary } from '../contract/run.ts';
import type { JobSpec, RemoteJob, TrainingPlatform } from '../platforms/platform.ts';
import { attended } from './context.ts';
import { createOnce } from './create-once.ts';
import type { Dependencies } from './dependencies.ts';

export interface CreateJobInput {
  connection: string;
  spec: JobSpec;
  /** Milliseconds since the epoch at which the run began. */
  since: number;
}

export interface JobInput {
  connection: string;
  jobId: string;
}

export function jobActivities({ platforms }: Dependencies) {
  return {
    /** Creates the run's job, once: what costs money is looked up by the run's key before it is made. */
    async createJob({ connection, spec, since }: CreateJobInput): Promise<JobSummary> {
      const platform = platforms.get(connection);
      const trainingFileIds = [spec.trainingFileId];
      const find = async () => onlyOne(await platform.findJobs({ key: spec.key, trainingFileIds, since }), spec.key);
      const create = async () => await platform.createJob(spec);
      const job = await attended(async () => await createOnce(find, create, platform.capabilities.listLagMs));
      return summary(platform, job);
    },

    async pauseJob({ connection, jobId }: JobInput): Promise<JobSummary> {
      const platform = platforms.get(connection);
      if (!platform.capabilities.pause) throw cannotPause(platform);
      return summary(platform, await attended(async () => await platform.pauseJob(jobId)));
    },

    async resumeJob({ connection, jobId }: JobInput): Promise<JobSummary> {
      const platform = platforms.get(connection);
      return summary(platform, await attended(async () => await platform.resumeJob(jobId)));
    },
  };
}

/** More than one job with a run's key cannot come from this software: it is shown, never guessed about. */
function onlyOne(jobs: RemoteJob[], key: string): RemoteJob | undefined {
  if (jobs.length <= 1) return jobs[0];
  throw new TunewrightError(
    'contradiction',
    `The platform holds ${jobs.length} jobs of one run: ${jobs.map((job) => job.id).join(', ')}.`,
    {
      advice: `Look at them there; what carries the key ${key} is stopped when this run ends.`,
    },
  );
}

function cannotPause(platform: TrainingPlatform): TunewrightError {
  return new TunewrightError('refused', `${platform.name} cannot pause a job that trains.`, {
    advice: 'Cancel the run, or let it train.',
  });
}

/** The part of a job that a run keeps. */
export function summary(platform: TrainingPlatform, job: RemoteJob): JobSummary {
  const url = platform.jobUrl(job.id);
  return {
    id: job.id,
    platformStatus: job.platformStatus,
    ...(url ? { url } : {}),
    ...(job.trainedTokens === undefined ? {} : { trainedTokens: job.trainedTokens }),
    ...(job.model ? { model: job.model } : {}),
  };
}
