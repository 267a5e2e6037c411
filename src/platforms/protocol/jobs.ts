import type OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { JobState, RemoteJob, TrainingPlatform } from '../platform.ts';
import type { Differences } from './differences.ts';
import { named } from './errors.ts';
import { listAll } from './lists.ts';
import { methodOf } from './method.ts';
import { type JobShape, jobShape } from './shapes.ts';

type JobMethods = Pick<TrainingPlatform, 'findJobs' | 'createJob' | 'getJob' | 'cancelJob' | 'pauseJob' | 'resumeJob'>;

export const jobsPath = '/fine_tuning/jobs';
/** Fields of a job's metadata: the run's key and the run's name. */
export const keyField = 'tunewright_key';
export const runField = 'tunewright_run';
/** The platform tells whole seconds by a clock of its own: a job of this run may look a little older than the run. */
export const clockSlackMs = 60_000;

const states: ReadonlyMap<string, JobState> = new Map([
  ['validating_files', 'waiting'],
  ['queued', 'waiting'],
  ['running', 'running'],
  ['paused', 'paused'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
]);

/** Finding, making and steering jobs. */
export function jobs(client: OpenAI, differences: Differences = {}): JobMethods {
  const { jobFields, lacks = [] } = differences;
  const api = client.fineTuning.jobs;

  async function getJob(id: string, signal?: AbortSignal): Promise<RemoteJob> {
    return await named('Looking at the job', async () => toJob(jobShape.parse(await api.retrieve(id, { signal }))));
  }

  /** Cancelling, pausing and resuming are refused when the job is already so: then the truth is what it says itself. */
  async function control(
    what: string,
    id: string,
    signal: AbortSignal | undefined,
    call: () => Promise<unknown>,
    reached: readonly JobState[],
  ) {
    try {
      return await named(what, async () => toJob(jobShape.parse(await call())));
    } catch (error) {
      const refused = error instanceof TunewrightError && (error.code === 'refused' || error.status === 409);
      if (!refused) throw error;
      const job = await getJob(id, signal);
      if (reached.includes(job.state)) return job;
      throw error;
    }
  }

  async function steered(...call: Parameters<typeof control>): Promise<RemoteJob> {
    if (!lacks.includes('pause')) return await control(...call);
    throw new TunewrightError('refused', 'The endpoint of this connection pauses no jobs.', {
      advice: 'Cancel the run, or let it train.',
    });
  }

  return {
    getJob,

    async findJobs(query, signal) {
      return await named('Looking for the job', async () => {
        const found = new Map<string, RemoteJob>();
        const byKey = { limit: 100, metadata: { [keyField]: query.key } };
        const tagged = lacks.includes('metadata') ? [] : listAll(client, jobsPath, byKey, signal);
        for await (const item of tagged) {
          const job = jobShape.parse(item);
          if (job.metadata?.[keyField] === query.key) found.set(job.id, toJob(job));
        }
        // An endpoint that keeps no metadata still tells the training file; newest first, so the search can end.
        for await (const item of listAll(client, jobsPath, { limit: 100 }, signal)) {
          const job = jobShape.parse(item);
          if (job.created_at * 1000 < query.since - clockSlackMs) break;
          if (query.trainingFileIds.includes(job.training_file)) found.set(job.id, toJob(job));
        }
        return [...found.values()];
      });
    },

    async createJob(spec, signal) {
      return await named('Creating the job', async () =>
        toJob(
          jobShape.parse(
            await api.create(
              {
                model: spec.model,
                training_file: spec.trainingFileId,
                ...(spec.validationFileId ? { validation_file: spec.validationFileId } : {}),
                ...(spec.suffix && !lacks.includes('suffix') ? { suffix: spec.suffix } : {}),
                seed: spec.seed,
                method: methodOf(spec, differences),
                ...(lacks.includes('metadata') ? {} : { metadata: { [keyField]: spec.key, [runField]: spec.runName } }),
                ...jobFields,
              },
              { signal },
            ),
          ),
        ),
      );
    },

    cancelJob: async (id, signal) =>
      await control('Cancelling the job', id, signal, () => api.cancel(id, { signal }), [
        'cancelled',
        'succeeded',
        'failed',
      ]),
    pauseJob: async (id, signal) =>
      await steered('Pausing the job', id, signal, () => api.pause(id, { signal }), ['paused']),
    resumeJob: async (id, signal) =>
      await steered('Resuming the job', id, signal, () => api.resume(id, { signal }), [
        'waiting',
        'running',
        'succeeded',
        'failed',
        'cancelled',
      ]),
  };
}

/** A job as the platform tells it. */
export function toJob(job: JobShape): RemoteJob {
  const state = states.get(job.status) ?? 'unknown';
  return {
    id: job.id,
    state,
    platformStatus: job.status,
    model: job.fine_tuned_model ?? null,
    trainedTokens: job.trained_tokens ?? undefined,
    estimatedFinish: job.estimated_finish ? new Date(job.estimated_finish * 1000).toISOString() : undefined,
    error: state === 'failed' ? jobError(job) : undefined,
    trainingFileId: job.training_file,
  };
}

function jobError(job: JobShape): NonNullable<RemoteJob['error']> {
  return {
    code: job.error?.code ?? 'unknown',
    message: job.error?.message ?? 'the platform gave no reason',
    param: job.error?.param ?? undefined,
  };
}
