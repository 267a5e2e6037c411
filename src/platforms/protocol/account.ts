import type OpenAI from 'openai';
import { type Method, methods } from '../../contract/config.ts';
import type { AccountJob, AccountListings, AccountModel, RemoteFile } from '../platform.ts';
import { named } from './errors.ts';
import { jobsPath, toJob } from './jobs.ts';
import { listAll, pageShape } from './lists.ts';
import { toModel } from './models.ts';
import { type AccountJobShape, accountJobShape, fileShape, modelShape } from './shapes.ts';

/** What a run's configuration calls the protocol's hyperparameters. */
const names: Readonly<Record<string, string>> = {
  n_epochs: 'epochs',
  batch_size: 'batchSize',
  learning_rate_multiplier: 'learningRateMultiplier',
  compute_multiplier: 'computeMultiplier',
};
/** Data to learn from, and the figures that a job leaves behind. */
const purposes = ['fine-tune', 'fine-tune-results'];

/** @param describe reads the ids that a platform gives to tuned models; undefined for those of others, and of checkpoints */
export function account(
  client: OpenAI,
  describe: (modelId: string) => Pick<AccountModel, 'baseModel' | 'suffix'> | undefined,
): { account: AccountListings } {
  const listed = <T>(what: string, path: string, query: object, read: (item: unknown) => T) =>
    async function* (signal?: AbortSignal): AsyncGenerator<T, void, void> {
      const items = listAll(client, path, { ...query }, signal);
      for (;;) {
        const next = await named(what, async () => {
          const { done, value } = await items.next();
          return done ? undefined : { item: read(value) };
        });
        if (!next) return;
        yield next.item;
      }
    };

  return {
    account: {
      describe,
      jobs: listed('Listing the jobs', jobsPath, { limit: 100 }, (item) => toAccountJob(accountJobShape.parse(item))),

      async *files(signal) {
        for (const purpose of purposes) {
          yield* listed('Listing the files', '/files', { purpose, limit: 10_000 }, toFile)(signal);
        }
      },

      async models(signal) {
        return await named('Listing the models', async () => {
          const { data } = pageShape.parse(await client.get<unknown>('/models', { signal }));
          return data.flatMap((item) => {
            const described = describe(item.id);
            if (!described) return [];
            const model = modelShape.parse(item);
            const createdAt = model.created ? model.created * 1000 : undefined;
            return [{ id: model.id, ...described, createdAt, shutdownDate: toModel(model).shutdownDate }];
          });
        });
      },
    },
  };
}

function toFile(item: unknown): RemoteFile {
  const { id, filename, bytes } = fileShape.parse(item);
  return { id, name: filename, bytes };
}

function toAccountJob(job: AccountJobShape): AccountJob {
  // Jobs from before there were methods are all of the first one.
  const method = methods.find((known) => known === job.method?.type) ?? 'supervised';
  return {
    ...toJob(job),
    createdAt: job.created_at * 1000,
    startedFrom: job.model,
    method,
    hyperparameters: hyperparametersOf(job, method),
    seed: job.seed ?? undefined,
    suffix: job.user_provided_suffix ?? undefined,
    validationFileId: job.validation_file ?? undefined,
    resultFileIds: job.result_files ?? [],
  };
}

function hyperparametersOf({ method, hyperparameters }: AccountJobShape, of: Method): AccountJob['hyperparameters'] {
  const told = method?.[of]?.hyperparameters ?? hyperparameters ?? {};
  const known = Object.entries(told).flatMap(([name, value]) =>
    value === 'auto' || typeof value === 'number' ? [[names[name] ?? name, value] as const] : [],
  );
  return Object.fromEntries(known);
}
