import { Hono } from 'hono';
import { readJson } from '../body.ts';
import type { AppEnv } from '../env.ts';
import { notFound } from '../errors.ts';
import { newJob } from '../jobs/create.ts';
import type { CheckpointRecord, EventRecord, JobRecord } from '../jobs/record.ts';
import { viewCheckpoint, viewEvent, viewJob } from '../jobs/view.ts';
import { readPage } from '../paging.ts';
import type { Platform } from '../platform.ts';

/** /v1/fine_tuning/jobs: create, list, retrieve, cancel, pause, resume, events, checkpoints. */
export function jobRoutes(platform: Platform): Hono<AppEnv> {
  const { clock, jobs, settings, store } = platform;
  const app = new Hono<AppEnv>();
  const view = (job: JobRecord) => viewJob(job, clock.now());

  const existing = (id: string): JobRecord => {
    const job = store.get<JobRecord>('job', id);
    if (!job) throw notFound(`Could not find fine tune: ${id}`, 'fine_tune_id', 'fine_tune_not_found');
    return job;
  };

  app.post('/', async (c) => {
    const job = newJob(platform, await readJson(c), c.env.jobFault);
    jobs.add(job);
    return c.json(view(job));
  });

  app.get('/', (c) => {
    const { data, hasMore } = readPage<JobRecord>(c, store, 'job', {
      defaultLimit: 20,
      maxLimit: 100,
      query: {
        createdUntilMs: clock.now() - settings.current.listLagMs,
        metadata: metadataFilter(new URL(c.req.url)),
      },
    });
    return c.json({ object: 'list', data: data.map(view), has_more: hasMore });
  });

  app.get('/:id', (c) => c.json(view(existing(c.req.param('id')))));
  app.post('/:id/cancel', (c) => c.json(view(jobs.cancel(existing(c.req.param('id'))))));
  app.post('/:id/pause', (c) => c.json(view(jobs.pause(existing(c.req.param('id'))))));
  app.post('/:id/resume', (c) => c.json(view(jobs.resume(existing(c.req.param('id'))))));

  app.get('/:id/events', (c) => {
    const parent = existing(c.req.param('id')).id;
    const { data, hasMore } = readPage<EventRecord>(c, store, 'event', {
      defaultLimit: 20,
      maxLimit: 100,
      query: { parent },
    });
    return c.json({ object: 'list', data: data.map(viewEvent), has_more: hasMore });
  });

  app.get('/:id/checkpoints', (c) => {
    const parent = existing(c.req.param('id')).id;
    const { data, hasMore } = readPage<CheckpointRecord>(c, store, 'checkpoint', {
      defaultLimit: 10,
      maxLimit: 100,
      query: { parent },
    });
    return c.json({
      object: 'list',
      data: data.map(viewCheckpoint),
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: hasMore,
    });
  });

  return app;
}

/** The pairs of `metadata[key]=value` in a URL. */
function metadataFilter(url: URL): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
    if (key !== undefined) pairs[key] = value;
  }
  return pairs;
}
