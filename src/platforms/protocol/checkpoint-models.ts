import type OpenAI from 'openai';
import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import type { RemoteJob, TrainingPlatform } from '../platform.ts';
import { named } from './errors.ts';
import { ignoreMissing } from './files.ts';
import { jobsPath } from './jobs.ts';
import { listAll } from './lists.ts';

/** As Nebius tells it: docs.tokenfactory.nebius.com/api-reference/models/list-of-custom-models (API of 2026-05-06). */
const madeShape = z.looseObject({
  name: z.string().min(1),
  status: z.string(),
  status_reason: z.string().nullish(),
  job_id: z.string().nullish(),
});
type Made = z.infer<typeof madeShape>;

const checkpointShape = z.looseObject({ id: z.string().min(1), step_number: z.number() });

/** What is otherwise where a job names no model of its own. */
type Replaced = Pick<
  TrainingPlatform,
  | 'getJob'
  | 'makeModel'
  | 'findJobs'
  | 'listHoldings'
  | 'getModel'
  | 'deleteModel'
  | 'deleteModelCommand'
  | 'listCheckpoints'
>;

/**
 * For endpoints at which a job leaves checkpoints alone: its last one is made a model, which the endpoint tells by the job's
 * id. Its names are not unique, so that it is looked up before it is made; one that is made twice all the same costs nothing
 * until it is asked.
 *
 * @param url where models are listed, made and deleted
 * @param platform the methods as the protocol has them
 */
export function checkpointModels(client: OpenAI, url: string, apiKeyEnv: string, platform: Replaced): Replaced {
  const base = url.replace(/\/$/, '');

  async function made(signal: AbortSignal | undefined): Promise<Made[]> {
    return await named('Listing the models made of checkpoints', async () =>
      z.array(madeShape).parse(await client.get<unknown>(base, { signal })),
    );
  }

  async function make(jobId: string, signal: AbortSignal | undefined): Promise<void> {
    await named('Making a model of the last checkpoint', async () => {
      const { model } = await client.fineTuning.jobs.retrieve(jobId, { signal });
      const last = await lastCheckpoint(client, jobId, signal);
      const body = { name: jobId, base_model: model, source: `${jobId}:${last}` };
      await client.post<unknown>(base, { body, signal });
    });
  }

  /** The job with its model's name once that answers. */
  function withModel(job: RemoteJob, all: readonly Made[]): RemoteJob {
    if (!lacksModel(job)) return job;
    const own = all.filter(({ job_id }) => job_id === job.id);
    const usable = own.find(({ status }) => status === 'active');
    if (usable) return { ...job, model: usable.name };
    if (own.length > 0 && own.every(({ status }) => status === 'deleted')) {
      const message = 'The model of its last checkpoint was deleted at the endpoint.';
      return { ...job, state: 'failed', error: { code: 'model_deleted', message } };
    }
    const refused = own.find(({ status }) => status === 'error');
    if (!refused || own.some(({ status }) => status === 'validating')) return job;
    const message = refused.status_reason ?? 'The endpoint does not say why.';
    return { ...job, state: 'failed', error: { code: 'checkpoint_refused', message } };
  }

  return {
    async getJob(id, signal) {
      const job = await platform.getJob(id, signal);
      return lacksModel(job) ? withModel(job, await made(signal)) : job;
    },

    async makeModel(jobId, signal) {
      const all = await made(signal);
      if (!all.some(({ job_id }) => job_id === jobId)) await make(jobId, signal);
    },

    async findJobs(query, signal) {
      const found = await platform.findJobs(query, signal);
      if (!found.some(lacksModel)) return found;
      const all = await made(signal);
      return found.map((job) => withModel(job, all));
    },

    async listHoldings(prefix, signal) {
      const { files, jobs, models } = await platform.listHoldings(prefix, signal);
      const all = await made(signal);
      const names = all.filter(({ status }) => status !== 'deleted').map(({ name }) => name);
      return {
        files,
        jobs: jobs.map((job) => ({ ...job, ...withModel(job, all) })),
        models: new Set([...models, ...names]),
      };
    },

    async getModel(id, signal) {
      if ((await made(signal)).some(({ name, status }) => name === id && status === 'active')) return { id };
      return await platform.getModel(id, signal);
    },

    async deleteModel(id, signal) {
      await ignoreMissing(named('Deleting the model', async () => await client.delete(addressOf(id), { signal })));
    },

    deleteModelCommand: (id) => `curl -X DELETE -H "Authorization: Bearer $${apiKeyEnv}" '${addressOf(id)}'`,

    // None of them answers before it is made a model.
    listCheckpoints: async () => [],
  };

  /** By the short name, which is behind the base model's. */
  function addressOf(id: string): string {
    return `${base}/${encodeURIComponent(id.split(':').at(-1) ?? id).replaceAll("'", '%27')}`;
  }
}

function lacksModel({ state, model }: RemoteJob): boolean {
  return state === 'succeeded' && model === null;
}

async function lastCheckpoint(client: OpenAI, jobId: string, signal: AbortSignal | undefined): Promise<string> {
  let last: z.infer<typeof checkpointShape> | undefined;
  for await (const item of listAll(client, `${jobsPath}/${jobId}/checkpoints`, { limit: 100 }, signal)) {
    const checkpoint = checkpointShape.parse(item);
    if (!last || checkpoint.step_number > last.step_number) last = checkpoint;
  }
  if (last) return last.id;
  throw new TunewrightError('not_found', `The job ${jobId} has no checkpoint to make a model of.`, {
    advice: "Look at the job on the platform's own page; `tunewright retrain` starts a new one.",
  });
}
