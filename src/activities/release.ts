import { TunewrightError } from '../contract/errors.ts';
import type { JobSummary } from '../contract/run.ts';
import type { JobState, RemoteJob, TrainingPlatform } from '../platforms/platform.ts';
import { attended, triedForMs } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { stillPending } from './failures.ts';
import { summary } from './job.ts';

export interface ReleaseInput {
  connection: string;
  key: string;
  since: number;
  trainingFileIds: string[];
  /** Jobs that the run has heard of. */
  jobIds: string[];
  /** Whether every other job of the run is looked for and stopped, too. */
  all?: boolean;
}

export interface RemoveFilesInput {
  connection: string;
  key: string;
  /** Files that the run has heard of: a listing may not show them yet. */
  fileIds: string[];
  /** True when an upload was begun and its answer never came. */
  fileMayExist: boolean;
  /** True when questions were asked by batch: their files are among them. */
  batch?: boolean;
}

const ended: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];
const lookAgainMs = 1_000;

/** Whether this activity has looked for so long that the platform's listings must show all there is. */
function settled(platform: TrainingPlatform): boolean {
  return triedForMs() >= platform.capabilities.listLagMs;
}

/** A job that cannot be cancelled just now is tried again, and the others are tried all the same. */
async function cancelled(platform: TrainingPlatform, job: RemoteJob): Promise<RemoteJob> {
  try {
    return await platform.cancelJob(job.id);
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'refused') return job;
    throw error;
  }
}

/** Throws `still_pending` until all of them have ended. */
async function stopAll(platform: TrainingPlatform, jobs: RemoteJob[]): Promise<void> {
  for (const job of jobs) {
    if (!ended.includes(job.state)) Object.assign(job, await cancelled(platform, job));
  }
  const running = jobs.filter((job) => !ended.includes(job.state)).map(({ id }) => id);
  if (running.length > 0) throw stillPending(`Waiting for ${running.join(', ')} to stop.`, lookAgainMs);
}

/** What a run that ends early owes the platform: its job stopped and seen stopped, its files removed. */
export function releaseActivities({ platforms }: Dependencies) {
  async function stop(input: ReleaseInput): Promise<JobSummary[]> {
    const platform = platforms.get(input.connection);
    const known = await Promise.all(input.jobIds.map(async (id) => await platform.getJob(id)));
    // First what is known: it is stopped even where the platform cannot list.
    await stopAll(platform, known);
    const found = input.all ? await platform.findJobs(input) : [];
    const others = found.filter(({ id }) => !input.jobIds.includes(id));
    await stopAll(platform, others);
    const jobs = [...known, ...others];
    // A create was begun: its answer may have been lost at any of its attempts.
    if (jobs.length === 0 && !settled(platform)) {
      throw stillPending('Looking for a job that may have been created.', lookAgainMs);
    }
    return jobs.map((job) => summary(platform, job));
  }

  async function remove(input: RemoveFilesInput): Promise<void> {
    const platform = platforms.get(input.connection);
    const prefix = `${input.key}-`;
    const find = async () => [
      ...(await platform.findFiles(prefix)),
      ...((input.batch && (await platform.batches?.findFiles(prefix))) || []),
    ];
    const files = await find();
    const ids = new Set([...input.fileIds, ...files.map(({ id }) => id)]);
    for (const id of ids) await platform.deleteFile(id);
    // Seen gone: whatever was on the way may have answered in the platform's place.
    if (files.length > 0 && (await find()).length > 0) {
      throw stillPending('Waiting for the files to be gone.', lookAgainMs);
    }
    if (input.fileMayExist && !settled(platform))
      throw stillPending('Looking for a file that may have arrived.', lookAgainMs);
  }

  return {
    /** Stops jobs of the run. Answers when they have ended, which is when nothing of them can cost any more. */
    stopJobs: async (input: ReleaseInput) => await attended(async () => await stop(input)),

    /** Removes every file that was uploaded for this run only. */
    removeFiles: async (input: RemoveFilesInput) => await attended(async () => await remove(input)),
  };
}
