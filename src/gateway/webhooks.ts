import type { Client } from '@temporalio/client';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import { runsOfJob } from '../client/list.ts';
import { TunewrightError } from '../contract/errors.ts';
import { jobChangedSignal } from '../contract/messages.ts';
import type { WebhookEvent } from '../platforms/platform.ts';
import type { Platforms } from '../platforms/registry.ts';

/** An event is a few hundred bytes: what is larger is none. */
const largestBody = 64 * 1024;
/** Deliveries are repeated within days; the run itself drops what slips through after a restart. */
const rememberedEvents = 10_000;

export interface WebhookContext {
  client: Client;
  platforms: Platforms;
  logger: Logger;
}

/** `POST /webhooks/:connection`: an event with a valid signature becomes a signal of the run that waits for the job. */
export function webhooks({ client, platforms, logger }: WebhookContext): Hono {
  const seen = new Set<string>();
  const app = new Hono();

  app.post('/:connection', bodyLimit({ maxSize: largestBody }), async (c) => {
    const connection = c.req.param('connection');
    let event: WebhookEvent | undefined;
    try {
      event = await platforms.get(connection).verifyWebhook(await c.req.text(), c.req.header());
    } catch (error) {
      const { status, reason } = refusal(error);
      logger.warn({ connection, reason }, 'a webhook was refused');
      return c.json({ error: reason }, status);
    }
    if (!event) return c.json({ received: true, runs: 0 });
    if (seen.has(event.id)) return c.json({ received: true, runs: 0, duplicate: true });

    const { id: eventId, jobId, type } = event;
    const runs = await runsOfJob(client, jobId);
    for (const name of runs) {
      await client.workflow.getHandle(name).signal(jobChangedSignal, { eventId, jobId, type });
    }
    // Only now: a delivery that failed on the way is taken again when the platform repeats it.
    remember(seen, eventId);
    return c.json({ received: true, runs: runs.length });
  });
  return app;
}

function remember(seen: Set<string>, id: string): void {
  seen.add(id);
  const [oldest] = seen;
  if (seen.size > rememberedEvents && oldest !== undefined) seen.delete(oldest);
}

function refusal(error: unknown): { status: 400 | 401 | 404 | 503; reason: string } {
  if (!(error instanceof TunewrightError)) return { status: 400, reason: 'The body is not a webhook event.' };
  if (error.code === 'unknown_connection') return { status: 404, reason: 'There is no such connection.' };
  if (error.code === 'missing_key') return { status: 503, reason: 'The connection is not set up here.' };
  return { status: 401, reason: error.message };
}
