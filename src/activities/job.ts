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
  /** False when a person has looked, where the platform cannot be asked. */
  lookFirst: boolean;
}

export interface CreatedJob {
  /** More than one when something on the way has created it again; none in doubt. */
  jobs: JobSummary[];
  /** Why it cannot be told whether the job exists. */
  doubt?: string;
}

export interface JobInput {
  connection: string;
  jobId: string;
}

export function jobActivities({ platforms }: Dependencies) {
  return {
    /** Creates the run's job, once: what costs money is looked up by the run's key before it is made. */
    async createJob({ connection, spec, since, lookFirst }: CreateJobInput): Promise<CreatedJob> {
      const platform = platforms.get(connection);
      const query = { key: spec.key, trainingFileIds: [spec.trainingFileId], since };
      const found = async (mayExist: boolean) => {
        if (mayExist) return await surely(async () => await platform.findJobs(query));
        return lookFirst ? await platform.findJobs(query) : [];
      };
      const find = async (mayExist: boolean) => {
        const jobs = await found(mayExist);
        return jobs.length > 0 ? jobs : undefined;
      };
      const create = async () => [await platform.createJob(spec)];
      try {
        const { uniqueKeys, listLagMs } = platform.capabilities;
        const jobs = await attended(async () => await createOnce(find, create, uniqueKeys ? 0 : listLagMs));
        return { jobs: jobs.map((job) => summary(platform, job)) };
      } catch (error) {
        if (!(error instanceof TunewrightError && error.code === 'contradiction')) throw error;
        return { jobs: [], doubt: error.message };
      }
    },

    async pauseJob({ connection, jobId }: JobInput): Promise<JobSummary> {
      const platform = platforms.get(connection);
      if (!platform.capabilities.pause) throw cannotPause(platform);
      try {
        return summary(platform, await attended(async () => await platform.pauseJob(jobId)));
      } catch (error) {
        throw error instanceof TunewrightError && error.code === 'refused' ? notPaused(error) : error;
      }
    },

    async resumeJob({ connection, jobId }: JobInput): Promise<JobSummary> {
      const platform = platforms.get(connection);
      return summary(platform, await attended(async () => await platform.resumeJob(jobId)));
    },
  };
}

/** As of a job that is still queued: nothing has to be mended, and nothing was started or stopped. */
function notPaused(error: TunewrightError): TunewrightError {
  return new TunewrightError('refused', error.message, {
    advice: 'The run goes on as before: pause it again when the platform shows its job as running.',
    cause: error,
  });
}

/** A key that may not list can be mended, and a job may be running meanwhile. */
const lookAgainMs = 60_000;
const keyProblems: ReadonlySet<string> = new Set(['wrong_key', 'forbidden', 'missing_key']);

/** Looking for a job that may exist: what an operator can mend is waited for; a platform that cannot tell is a doubt. */
async function surely(find: () => Promise<RemoteJob[]>): Promise<RemoteJob[]> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof TunewrightError) || error.retry !== 'never') throw error;
    const { advice, cause, code, message } = error;
    if (keyProblems.has(code)) {
      throw new TunewrightError(code, message, { advice, cause, retry: 'yes', retryAfterMs: lookAgainMs });
    }
    throw new TunewrightError(
      'contradiction',
      `The job may exist already, and the platform does not tell: ${message}`,
      {
        advice: "Look for it on the platform's own page.",
        cause,
      },
    );
  }
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
    ...(job.trainingUsd === undefined ? {} : { trainingUsd: job.trainingUsd }),
    ...(job.model ? { model: job.model } : {}),
  };
}
