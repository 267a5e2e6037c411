import { Hono } from 'hono';
import { checkAdmin } from './auth.ts';
import { readJson } from './body.ts';
import type { ModelOverrides } from './catalogue.ts';
import type { AppEnv } from './env.ts';
import { ApiError, badRequest } from './errors.ts';
import type { FaultBook } from './faults/book.ts';
import type { PresetRule } from './faults/presets.ts';
import type { FaultRule } from './faults/rules.ts';
import type { Platform } from './platform.ts';
import type { WebhookEndpoint } from './webhooks.ts';

/**
 * /admin: `GET ledger`; `GET|PATCH settings`; `POST clock {advanceMs}`; `GET|POST|DELETE faults`,
 * `DELETE faults/:id`; `PUT webhooks {endpoints}`; `PATCH models {id: fields}`.
 */
export function adminRoutes(platform: Platform, faults: FaultBook, token: string | undefined): Hono<AppEnv> {
  const { batches, catalogue, clock, jobs, ledger, settings, webhooks } = platform;
  const app = new Hono<AppEnv>();

  app.use(async (c, next) => {
    checkAdmin(c.req.header('authorization'), token, c.env.incoming.socket.remoteAddress);
    await next();
  });

  app.get('/ledger', (c) => c.json(ledger.read()));
  app.get('/settings', (c) => c.json(settings.current));
  app.patch('/settings', async (c) => {
    const patch = await readJson(c);
    applied(() => settings.set(patch));
    return c.json(settings.current);
  });
  app.post('/clock', async (c) => {
    const { advanceMs } = await readJson(c);
    if (typeof advanceMs !== 'number') throw badRequest("'advanceMs' must be a number.", 'advanceMs');
    clock.advance(advanceMs);
    jobs.tick();
    batches.tick();
    return c.json({ nowMs: clock.now() });
  });

  app.get('/faults', (c) => c.json({ data: faults.list() }));
  app.post('/faults', async (c) => {
    const rule: unknown = await readJson(c);
    return c.json({ id: applied(() => faults.add(rule as FaultRule | PresetRule)) });
  });
  app.delete('/faults', (c) => {
    faults.clear();
    return c.json({ data: [] });
  });
  app.delete('/faults/:id', (c) => {
    faults.remove(c.req.param('id'));
    return c.json({ data: faults.list() });
  });

  app.put('/webhooks', async (c) => {
    const { endpoints } = await readJson(c);
    if (!Array.isArray(endpoints)) throw badRequest("'endpoints' must be a list of { url, secret, events? }.");
    applied(() => webhooks.setEndpoints(endpoints as WebhookEndpoint[]));
    return c.json({ endpoints: endpoints.length });
  });
  app.patch('/models', async (c) => {
    const changes = (await readJson(c)) as ModelOverrides;
    catalogue.override(changes);
    return c.json({ data: catalogue.list() });
  });
  return app;
}

/** Turns what a setter objects to into a 400. */
function applied<T>(change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (error instanceof ApiError || !(error instanceof Error)) throw error;
    throw badRequest(error.message);
  }
}
