import { Hono } from 'hono';
import { type BatchRecord, viewBatch } from '../batches/record.ts';
import { optionalMetadata, readJson, requiredString } from '../body.ts';
import type { AppEnv } from '../env.ts';
import { badRequest, notFound } from '../errors.ts';
import { findFile } from '../files.ts';
import { newId } from '../ids.ts';
import { readPage } from '../paging.ts';
import type { Platform } from '../platform.ts';

/** /v1/batches: create, list, retrieve, cancel. */
export function batchRoutes(platform: Platform): Hono<AppEnv> {
  const { batches, clock, settings, store } = platform;
  const app = new Hono<AppEnv>();

  const existing = (id: string): BatchRecord => {
    const batch = store.get<BatchRecord>('batch', id);
    if (!batch) throw notFound(`No batch found with id '${id}'.`, 'id');
    return batches.current(batch);
  };

  app.post('/', async (c) => {
    const body = await readJson(c);
    const inputFile = requiredString(body, 'input_file_id');
    const endpoint = requiredString(body, 'endpoint');
    const completionWindow = requiredString(body, 'completion_window');
    if (endpoint !== '/v1/chat/completions')
      throw badRequest(`Unsupported endpoint '${endpoint}'.`, 'endpoint', 'invalid_value');
    if (completionWindow !== '24h')
      throw badRequest(`Invalid value: '${completionWindow}'.`, 'completion_window', 'invalid_value');
    const file = findFile(platform, inputFile);
    if (!file) throw badRequest(`No such File object: ${inputFile}`, 'input_file_id');
    if (file.purpose !== 'batch') throw badRequest(`File '${inputFile}' must have purpose 'batch'.`, 'input_file_id');
    const batch: BatchRecord = {
      id: newId('batch_'),
      createdMs: clock.now(),
      endpoint,
      inputFile,
      completionWindow,
      metadata: optionalMetadata(body),
      status: 'validating',
      errors: [],
      outputFile: null,
      errorFile: null,
      startedMs: null,
      finalizingMs: null,
      cancellingMs: null,
      finishedMs: null,
      counts: { total: 0, completed: 0, failed: 0 },
      fault: c.env.batchFault ?? null,
    };
    batches.add(batch);
    return c.json(viewBatch(batch));
  });

  app.get('/', (c) => {
    const { data, hasMore } = readPage<BatchRecord>(c, store, 'batch', {
      defaultLimit: 20,
      maxLimit: 100,
      query: { createdUntilMs: clock.now() - settings.current.listLagMs },
    });
    return c.json({
      object: 'list',
      data: data.map((batch) => viewBatch(batches.current(batch))),
      // The published schema asks for strings even where the list is empty.
      first_id: data[0]?.id ?? '',
      last_id: data.at(-1)?.id ?? '',
      has_more: hasMore,
    });
  });

  app.get('/:id', (c) => c.json(viewBatch(existing(c.req.param('id')))));
  app.post('/:id/cancel', (c) => c.json(viewBatch(batches.cancel(existing(c.req.param('id'))))));

  return app;
}
