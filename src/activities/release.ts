import { activityInfo } from '@temporalio/activity';
import type { JobSummary } from '../contract/run.ts';
import type { JobState, TrainingPlatform } from '../platforms/platform.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';
import { summary } from './job.ts';

export interface ReleaseInput {
  connection: string;
  key: string;
  since: number;
  trainingFileIds: string[];
  /** The job, where the run has heard of it. */
  jobId?: string | undefined;
  /** True when a create was begun and its answer never came: the job is looked for until a listing must show it. */
  jobMayExist: boolean;
}

export interface RemoveFilesInput {
  connection: string;
  key: string;
  /** True when an upload was begun and its answer never came. */
  fileMayExist: boolean;
}

const ended: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];
const lookAgainMs = 1_000;

/** Whether this activity has looked for so long that the platform's listings must show all there is. */
function settled(platform: TrainingPlatform): boolean {
  return Date.now() - activityInfo().scheduledTimestampMs >= platform.capabilities.listLagMs;
}

/** What a run that ends early owes the platform: its job stopped and seen stopped, its files removed. */
export function releaseActivities({ platforms }: Dependencies) {
  return {
    /** Stops every job of the run. Answers when all of them have ended, with the one that got furthest. */
    async stopJobs(input: ReleaseInput): Promise<JobSummary | undefined> {
      const platform = platforms.get(input.connection);
      const jobs = input.jobId ? [await platform.getJob(input.jobId)] : await platform.findJobs(input);
      if (jobs.length === 0) {
        if (input.jobMayExist && !settled(platform))
          throw stillPending('Looking for a job that may have been created.', lookAgainMs);
        return undefined;
      }
      for (const job of jobs) {
        if (!ended.includes(job.state)) Object.assign(job, await platform.cancelJob(job.id));
      }
      const running = jobs.filter((job) => !ended.includes(job.state));
      if (running.length > 0)
        throw stillPending(`Waiting for ${running.map((job) => job.id).join(', ')} to stop.`, lookAgainMs);
      const furthest = jobs.find((job) => job.model) ?? jobs[0];
      return furthest && summary(platform, furthest);
    },

    /** Removes every file that was uploaded for this run only. */
    async removeFiles(input: RemoveFilesInput): Promise<void> {
      const platform = platforms.get(input.connection);
      const files = await platform.findFiles(`${input.key}-`);
      for (const file of files) await platform.deleteFile(file.id);
      if (input.fileMayExist && !settled(platform))
        throw stillPending('Looking for a file that may have arrived.', lookAgainMs);
    },
  };
}
