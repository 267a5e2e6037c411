import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import { runsOfJob } from '../client/list.ts';
import { TunewrightError } from '../contract/errors.ts';
import { jobChangedSignal } from '../contract/messages.ts';
import type { JobChanged } from '../contract/run.ts';
import type { WebhookEvent } from '../platforms/platform.ts';
import type { Platforms } from '../platforms/registry.ts';

/** An event is a few hundred bytes: what is larger is none. */
const largestBody = 64 * 1024;
/** Deliveries are repeated within days; the run itself drops what slips through after a restart. */
const rememberedEvents = 10_000;
/** Platforms wait for some seconds only. */
const temporalMs = 5_000;

export interface WebhookContext {
  client: Client;
  platforms: Platforms;
  logger: Logger;
}

/** `POST /webhooks/:connection`: an event with a valid signature becomes a signal of the run that waits for the job. */
export function webhooks({ client, platforms, logger }: WebhookContext): Hono {
  const seen = new Set<string>();
  const app = new Hono();

  const limit = bodyLimit({
    maxSize: largestBody,
    onError: (c) => c.json({ error: 'The body is too large for an event.' }, 413),
  });
  app.post('/:connection', limit, async (c) => {
    const connection = c.req.param('connection');
    let event: WebhookEvent | undefined;
    try {
      const platform = platforms.get(connection);
      if (!platform.capabilities.webhooks) return c.json({ error: 'This connection pushes no events.' }, 404);
      event = await platform.verifyWebhook(await c.req.text(), c.req.header());
    } catch (error) {
      const { status, reason } = refusal(error);
      logger.warn({ connection, reason, err: error }, 'a webhook was refused');
      return c.json({ error: reason }, status);
    }
    if (!event) return c.json({ received: true, runs: 0 });
    const { id: eventId, jobId, type } = event;
    const delivery = `${connection} ${eventId}`;
    if (seen.has(delivery)) return c.json({ received: true, runs: 0, duplicate: true });

    const runs = await client.withDeadline(Date.now() + temporalMs, () => wakeRuns(client, { eventId, jobId, type }));
    // Only now: a delivery that failed, or came before its run was listed, is taken again when it is repeated.
    if (runs > 0) remember(seen, delivery);
    return c.json({ received: true, runs });
  });

  app.onError((error, c) => {
    logger.error({ err: error }, 'a webhook could not be passed on');
    return c.json({ error: 'The event could not be passed on: send it again.' }, 503);
  });
  return app;
}

/** Wakes every run that waits for the job; answers how many. */
async function wakeRuns(client: Client, change: JobChanged): Promise<number> {
  let woken = 0;
  for (const name of await runsOfJob(client, change.jobId)) {
    try {
      await client.workflow.getHandle(name).signal(jobChangedSignal, change);
      woken++;
    } catch (error) {
      // It closed a moment ago, and the list does not know yet.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  return woken;
}

function remember(seen: Set<string>, id: string): void {
  seen.add(id);
  const [oldest] = seen;
  if (seen.size > rememberedEvents && oldest !== undefined) seen.delete(oldest);
}

function refusal(error: unknown): { status: 400 | 401 | 404 | 503; reason: string } {
  const code = error instanceof TunewrightError ? error.code : 'bad_answer';
  if (code === 'wrong_key') return { status: 401, reason: 'The webhook carries no valid signature.' };
  if (code === 'unknown_connection') return { status: 404, reason: 'There is no such connection.' };
  if (code === 'bad_answer') return { status: 400, reason: 'The body is not a webhook event.' };
  // What exactly is amiss is for the log of this process, not for whoever asks.
  return { status: 503, reason: 'The connection is not set up here.' };
}
