import type OpenAI from 'openai';
import type { HeldFile, HeldJob, TrainingPlatform } from '../platform.ts';
import { named } from './errors.ts';
import type { Purpose } from './files.ts';
import { jobsPath, keyField, runField, toJob } from './jobs.ts';
import { listAll, pageShape } from './lists.ts';
import { heldFileShape, jobShape } from './shapes.ts';

/**
 * What the account holds, read in a listing of the files of each purpose, one of jobs and one of models: metadata can be
 * filtered by a whole value only, not by its beginning.
 */
export function holdings(
  client: OpenAI,
  apiKeyEnv: string,
  purposes: readonly Purpose[] = ['fine-tune'],
): Pick<TrainingPlatform, 'listHoldings' | 'deleteModelCommand'> {
  async function heldFiles(prefix: string, signal: AbortSignal | undefined): Promise<HeldFile[]> {
    const found: HeldFile[] = [];
    for (const purpose of purposes) {
      for await (const item of listAll(client, '/files', { purpose, limit: 10_000 }, signal)) {
        const { id, filename, bytes, created_at } = heldFileShape.parse(item);
        if (filename.startsWith(prefix)) found.push({ id, name: filename, bytes, createdAt: created_at * 1000 });
      }
    }
    return found;
  }

  async function heldJobs(
    prefix: string,
    fileIds: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<HeldJob[]> {
    const found: HeldJob[] = [];
    for await (const item of listAll(client, jobsPath, { limit: 100 }, signal)) {
      const job = jobShape.parse(item);
      const key = job.metadata?.[keyField];
      if (!key?.startsWith(prefix) && !fileIds.has(job.training_file)) continue;
      found.push({ ...toJob(job), createdAt: job.created_at * 1000, key, runName: job.metadata?.[runField] });
    }
    return found;
  }

  return {
    async listHoldings(prefix, signal) {
      return await named('Listing files, jobs and models', async () => {
        const files = await heldFiles(prefix, signal);
        const jobs = await heldJobs(prefix, new Set(files.map(({ id }) => id)), signal);
        const models = pageShape.parse(await client.get<unknown>('/models', { signal })).data;
        return { files, jobs, models: new Set(models.map(({ id }) => id)) };
      });
    },

    deleteModelCommand: (id) =>
      `curl -X DELETE -H "Authorization: Bearer $${apiKeyEnv}" '${client.baseURL}/models/${shellSafe(id)}'`,
  };
}

/** Percent-encoded, the apostrophe too: nothing that a platform calls a model can end the quotes. */
function shellSafe(id: string): string {
  return encodeURIComponent(id).replaceAll("'", '%27');
}
