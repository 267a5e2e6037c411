import type { Client } from '@temporalio/client';
import { type Context, Hono, type Next } from 'hono';
import type { Logger } from 'pino';
import { clientOver } from '../../../client.ts';
import { parseRunConfig } from '../../../contract/config.ts';
import { artifactSource } from '../../../contract/source.ts';
import type { Platforms } from '../../../platforms/registry.ts';
import type { Records, UploadedFile } from '../../../records/index.ts';
import type { Caller } from '../../access.ts';
import { ApiError, refused } from '../errors.ts';
import { instead } from '../instead.ts';
import { jsonOf, smallBody } from '../json.ts';
import { page, pageSize } from '../paging.ts';
import { learningOf, type NewJob, newJob } from './asked.ts';
import { createOnce } from './create.ts';
import { type Found, find, names } from './find.ts';
import { runNameOf, viewCheckpoint, viewEvents, viewJob } from './view.ts';

export interface JobsContext {
  client: Client;
  taskQueue: string;
  platforms: Platforms;
  records(): Promise<Records>;
  /** The connection of base models that are named without one. */
  usual: string | undefined;
  /** What stands in the place of names. */
  models: Readonly<Record<string, string>>;
  /** Fields of each run, such as its budget. */
  run: Readonly<Record<string, unknown>>;
  logger: Logger;
}

const mostListed = 100;
const over: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);
/** Clients wait for minutes, and try again then: what is silent is told of before. */
const longestMs = 10_000;
/** What is paused or goes on: its platform is asked meanwhile. */
const steeredMs = 60_000;

/** `/fine_tuning/jobs`: each job is a run. */
export function jobs(context: JobsContext): Hono<Caller> {
  const { client, taskQueue, platforms, logger } = context;
  const runs = clientOver(client, { taskQueue, namespace: client.options.namespace });
  const app = new Hono<Caller>();
  const within = async <T>(ms: number, call: () => Promise<T>) => await client.withDeadline(Date.now() + ms, call);
  const soon = async (_: Context, next: Next) => await within(longestMs, next);

  async function existing(c: Context): Promise<Found> {
    const id = c.req.param('id') ?? '';
    const name = runNameOf(id);
    const found = name === undefined ? undefined : await find(client, name);
    if (found) return found;
    throw new ApiError(404, `Could not find fine tune: ${id}`, { code: 'fine_tune_not_found', param: 'fine_tune_id' });
  }

  app.post('/', smallBody, soon, async (c) => {
    const wanted = await jsonOf(c, newJob);
    const training = await fileOf(context, wanted.training_file, 'training_file');
    const validation = wanted.validation_file
      ? await fileOf(context, wanted.validation_file, 'validation_file')
      : undefined;
    const config = parseRunConfig(runOf(context, wanted, training, validation));
    const found = await createOnce(client, taskQueue, {
      caller: c.var.caller,
      body: await c.req.text(),
      label: config.name ?? config.suffix ?? training.filename.replace(/\.[^.]*$/, ''),
      input: { config, attempt: 1 },
      asked: {
        trainingFile: training.id,
        ...(validation ? { validationFile: validation.id } : {}),
        ...(wanted.metadata ? { metadata: wanted.metadata } : {}),
      },
    });
    return c.json(viewJob(found));
  });

  app.get('/', soon, async (c) => {
    const limit = pageSize(c, 20, mostListed);
    const after = c.req.query('after');
    const metadata = Object.entries(c.req.query()).flatMap(([name, value]) => {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value] as const];
    });
    const data = [];
    for await (const name of names(client, after === undefined ? undefined : runNameOf(after))) {
      const found = await find(client, name);
      if (!found || metadata.some(([key, value]) => found.asked?.metadata?.[key] !== value)) continue;
      data.push(viewJob(found));
      if (data.length > limit) break;
    }
    return c.json({ object: 'list', data: data.slice(0, limit), has_more: data.length > limit });
  });

  app.get('/:id', soon, async (c) => c.json(viewJob(await existing(c))));

  app.get('/:id/events', soon, async (c) => {
    const { progress } = await existing(c);
    const told = await ofTheJob(
      progress,
      async (platform, job, signal) => await platform.newEvents(job, undefined, signal),
    );
    return c.json(page(viewEvents(progress, told), pageSize(c, 20, mostListed), c.req.query('after')));
  });

  app.get('/:id/checkpoints', soon, async (c) => {
    const { progress } = await existing(c);
    const found = await ofTheJob(
      progress,
      async (platform, job, signal) => await platform.listCheckpoints(job, signal),
    );
    const all = found.map((one) => viewCheckpoint(one, progress)).sort((a, b) => b.step_number - a.step_number);
    const shown = page(all, pageSize(c, 10, mostListed), c.req.query('after'));
    return c.json({ ...shown, first_id: shown.data[0]?.id ?? null, last_id: shown.data.at(-1)?.id ?? null });
  });

  const steer = (act: 'cancel' | 'pause' | 'resume') =>
    app.post(`/:id/${act}`, async (c) => {
      const found = await within(longestMs, () => existing(c));
      const job = viewJob(found);
      // A client whose answer was lost asks again.
      if (act === 'cancel' && job.status === 'cancelled') return c.json(job);
      if (over.has(job.status)) throw refused(`The job is over: it is ${job.status}.`, 'fine_tune_id');
      const run = runs.get(found.progress.name);
      await (act === 'cancel'
        ? within(longestMs, () => run.cancel(`asked for by ${c.var.caller ?? 'a program'}`))
        : within(steeredMs, () => run[act]()));
      return c.json(viewJob(await within(longestMs, () => existing(c))));
    });
  steer('cancel');
  steer('pause');
  steer('resume');
  return app;

  /** What the platform tells of the run's job; nothing where there is none yet, or it cannot be asked now. */
  async function ofTheJob<T>(
    { connection, job, name }: Found['progress'],
    ask: (platform: ReturnType<Platforms['get']>, job: string, signal: AbortSignal) => Promise<T[]>,
  ): Promise<T[]> {
    if (!job) return [];
    try {
      return await ask(platforms.get(connection), job.id, AbortSignal.timeout(longestMs));
    } catch (error) {
      logger.warn({ run: name, job: job.id, err: error }, "a job's platform could not be asked");
      return [];
    }
  }
}

async function fileOf({ records }: JobsContext, id: string, param: string): Promise<UploadedFile> {
  const file = await (await records()).getFile(id);
  if (!file) throw refused(`There is no file ${id} here: upload it to the gateway first.`, param);
  if (file.purpose !== 'fine-tune') throw refused(`The file ${id} was uploaded for ${file.purpose}.`, param);
  return file;
}

/** The run that a program's job becomes: what it says, over what the gateway is set to. */
function runOf(context: JobsContext, wanted: NewJob, training: UploadedFile, validation: UploadedFile | undefined) {
  const { run } = context;
  const { method, hyperparameters, reward } = learningOf(wanted);
  if (run.budgetUsd === undefined) {
    const advice = 'Set gateway.run.budgetUsd in the tunewright.json of the gateway: what a job may cost, US dollars.';
    throw refused(`This gateway has no budget for jobs. ${advice}`, null, 'no_budget');
  }
  return {
    ...run,
    ...baseOf(context, wanted.model),
    ...(method ? { method } : {}),
    // What it learns from it is judged by, unless the gateway is set to something else.
    ...(reward ? { reward, evaluation: { grader: reward, ...(run.evaluation as object | undefined) } } : {}),
    data: {
      ...(run.data as object | undefined),
      train: artifactSource(training.content),
      ...(validation ? { validation: artifactSource(validation.content) } : {}),
    },
    hyperparameters: { ...(run.hyperparameters as object | undefined), ...hyperparameters },
    ...(wanted.seed === null || wanted.seed === undefined ? {} : { seed: wanted.seed }),
    ...(wanted.suffix ? { suffix: wanted.suffix } : {}),
  };
}

function baseOf({ platforms, models, usual }: JobsContext, asked: string): { connection: string; model: string } {
  const model = instead(models, asked);
  const named = platforms.names.find((connection) => model.startsWith(`${connection}/`));
  if (named !== undefined) return { connection: named, model: model.slice(named.length + 1) };
  if (usual !== undefined) return { connection: usual, model };
  const message = `No connection is named. Ask for CONNECTION/${model}, or set TUNEWRIGHT_GATEWAY_CONNECTION.`;
  throw refused(message, 'model', 'model_not_found');
}
