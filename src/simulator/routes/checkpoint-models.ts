import { Hono } from 'hono';
import { readJson, requiredString } from '../body.ts';
import type { AppEnv } from '../env.ts';
import { badRequest, notFound } from '../errors.ts';
import { randomLetters } from '../ids.ts';
import type { CheckpointRecord } from '../jobs/record.ts';
import type { ModelRecord } from '../models.ts';
import type { Platform } from '../platform.ts';
import type { StoredRecord } from '../store.ts';

/** A model that was made of a checkpoint; its weights are those of the model record of the same id. */
interface MadeRecord extends StoredRecord {
  short: string;
  base: string;
  jobId: string;
  checkpointId: string;
}

/**
 * /v0/models: checkpoints become models by a call of their own, after the API reference of Nebius Token Factory. With the
 * setting `modelNameMs` above a run's time jobs name none, as there.
 */
export function checkpointModelRoutes(platform: Platform): Hono<AppEnv> {
  const { store, clock, settings, models, ledger } = platform;
  const app = new Hono<AppEnv>();

  const all = () => store.list<MadeRecord>('checkpoint-model', { order: 'asc' });
  const view = (one: MadeRecord) => ({
    type: 'text2text',
    name: one.id,
    status: (store.get<ModelRecord>('model', one.id)?.readyMs ?? 0) > clock.now() ? 'validating' : 'active',
    status_reason: null,
    job_id: one.jobId,
    checkpoint_id: one.checkpointId,
    created_at: Math.floor(one.createdMs / 1000),
  });
  const existing = (name: string): MadeRecord => {
    const one = all().find(({ id, short }) => id === name || short === name);
    if (!one) throw notFound(`The model '${name}' does not exist`, 'name', 'model_not_found');
    return one;
  };

  app.get('/', (c) => c.json(all().map(view)));
  app.get('/:name', (c) => c.json(view(existing(c.req.param('name')))));

  app.post('/', async (c) => {
    const body = await readJson(c);
    const base = requiredString(body, 'base_model');
    const [jobId = '', checkpointId = ''] = requiredString(body, 'source').split(':');
    const checkpoint = store.get<CheckpointRecord>('checkpoint', checkpointId);
    const tuned = checkpoint && store.get<ModelRecord>('model', checkpoint.model);
    if (!tuned || tuned.jobId !== jobId || tuned.base !== base) {
      throw badRequest(`There is no checkpoint '${checkpointId}' of '${jobId}' on '${base}'.`, 'source');
    }
    // Names are made unique there by letters behind them.
    const short = `${requiredString(body, 'name')}-${randomLetters(4)}`;
    const now = clock.now();
    const made = { id: `${base}-LoRA:${short}`, short, base, jobId, checkpointId, createdMs: now };
    const readyMs = now + settings.current.modelReadyMs;
    store.put('checkpoint-model', made);
    store.put('model', { ...tuned, id: made.id, createdMs: now, readyMs, checkpoint: false });
    ledger.add({ kind: 'model', id: made.id, model: base });
    return c.json({ ...view(made), base_model: base, source: `${jobId}:${checkpointId}` });
  });

  app.delete('/:name', async (c) => {
    const one = existing(c.req.param('name'));
    const tuned = store.get<ModelRecord>('model', one.id);
    store.remove('checkpoint-model', one.id);
    if (tuned) await models.remove(tuned);
    return c.json({ ...view(one), status: 'deleted' });
  });

  return app;
}
