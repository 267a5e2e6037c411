import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CreateJobInput } from '../activities/job.ts';
import type { DataSummary, JobSummary } from '../contract/run.ts';
import { activities } from './activities.ts';
import type { Run } from './run.ts';

/** Creates the run's job. Where the platform leaves in doubt whether it exists, a person decides: it may be paid. */
export async function createJob(run: Run, spec: CreateJobInput['spec']): Promise<JobSummary> {
  const { connection } = run.input.config;
  run.createBegun = true;
  for (let lookFirst = true; ; ) {
    const { jobs, doubt } = await activities.createJob('Create the job', {
      connection,
      since: run.since,
      spec,
      lookFirst,
    });
    if (jobs.length > 0) return await onlyJob(run, jobs);
    lookFirst = (await askWhetherItExists(run, doubt ?? '')) === 'look';
  }
}

/**
 * Waits for the job to end: looked at by the server's retries, and at once when a webhook wakes the run. One that overfits
 * is stopped where the run asks for that, and answered without a model.
 */
export async function jobEnded(run: Run, created: JobSummary): Promise<JobSummary> {
  const { connection, pollSeconds, stopEarly } = run.input.config;
  let job = created;
  for (;;) {
    const { id: jobId } = job;
    const looking = new CancellationScope();
    const ended = looking.run(() =>
      activities.waitForJob(`Wait for ${jobId}`, {
        connection,
        jobId,
        pollSeconds,
        ...identity(run),
        stoppedIds: run.stoppedJobs.map(({ id }) => id),
        ...(stopEarly && !run.progress.now.earlyStop ? { stopEarly } : {}),
      }),
    );
    const first = await Promise.race([ended, run.control.woken()]);
    if (first === 'woken') {
      looking.cancel();
      // Nobody waits for this look any more: the next one asks anew.
      await ended.catch(() => undefined);
    } else if (first.turned !== undefined) {
      const stopped = await stopBeforeItsEnd(run, job, first.turned);
      if (stopped) return stopped;
    } else if (first.others.length === 0) {
      return first.job;
    } else {
      job = await onlyJob(run, [first.job, ...first.others]);
      run.progress.now.job = job;
    }
  }
}

/** The job, stopped; undefined when it has ended by itself meanwhile or goes on, for the platform does not stop it. */
async function stopBeforeItsEnd({ input, progress }: Run, { id }: JobSummary, why: string) {
  const { now } = progress;
  const { connection, hyperparameters } = input.config;
  now.earlyStop = { state: 'stopping', why };
  progress.publish();
  try {
    const { job, stopped } = await activities.stopEarly(`Stop ${id} early`, {
      connection,
      jobId: id,
      train: (now.data as DataSummary).train,
      epochs: hyperparameters.epochs,
    });
    if (stopped) now.earlyStop = { state: 'stopped', why };
    else delete now.earlyStop;
    return stopped ? job : undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    now.earlyStop = { state: 'refused', why };
    return undefined;
  }
}

/** By which the platform finds every job of the run. */
export function identity({ key, since, files }: Run) {
  return { key, since, trainingFileIds: files };
}

/** The one job to go on with; the others, which only something on the way can have created, are stopped. */
async function onlyJob(run: Run, jobs: JobSummary[]): Promise<JobSummary> {
  const [first] = jobs;
  if (first && jobs.length === 1) return first;
  const list = jobs.map(({ id, platformStatus }) => `${id} (${platformStatus})`).join(', ');
  const chosen = await run.control.ask({
    code: 'contradiction',
    message: `The platform holds ${jobs.length} jobs of this run: ${list}. Each is paid for what it trains.`,
    choices: jobs.map(({ id }) => ({ name: id, does: `Goes on with ${id} and stops the others.` })),
  });
  const others = jobs.filter(({ id }) => id !== chosen).map(({ id }) => id);
  const { connection } = run.input.config;
  const stopped = await activities.stopJobs('Stop the other jobs', { connection, ...identity(run), jobIds: others });
  run.stoppedJobs.push(...stopped);
  return jobs.find(({ id }) => id === chosen) as JobSummary;
}

async function askWhetherItExists({ control }: Run, doubt: string): Promise<string> {
  return await control.ask({
    code: 'contradiction',
    message: doubt,
    choices: [
      { name: 'look', does: 'Looks for the job once more.' },
      { name: 'create', does: 'Creates the job: the platform was looked at by a person and holds none of this run.' },
    ],
  });
}
