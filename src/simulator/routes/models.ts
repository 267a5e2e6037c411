import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';
import { ApiError, notFound } from '../errors.ts';
import type { ResolvedModel } from '../models.ts';
import type { Platform } from '../platform.ts';

/** /v1/models: list, retrieve, delete (tuned models only). */
export function modelRoutes({ models }: Platform): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  const existing = (id: string): ResolvedModel => {
    const model = models.resolve(id);
    if (!model) throw notFound(`The model '${id}' does not exist`, 'model', 'model_not_found');
    return model;
  };

  app.get('/', (c) => c.json({ object: 'list', data: models.list().map(view) }));

  app.get('/:id', (c) => c.json(view({ ...existing(c.req.param('id')), id: c.req.param('id') })));

  app.delete('/:id', async (c) => {
    const { id, tuned } = existing(c.req.param('id'));
    if (!tuned) throw new ApiError(403, `You have insufficient permissions to delete the model '${id}'.`);
    await models.remove(tuned);
    return c.json({ id, object: 'model', deleted: true });
  });

  return app;
}

function view({ id, base, tuned }: ResolvedModel) {
  return {
    id,
    object: 'model',
    created: tuned ? Math.floor(tuned.createdMs / 1000) : base.created,
    owned_by: 'tunewright-simulator',
    shutdown_date: base.shutdownDate,
  };
}
