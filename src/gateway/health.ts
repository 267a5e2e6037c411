import type { Client } from '@temporalio/client';
import { Hono } from 'hono';

/** `/healthz`: the process lives. `/readyz`: and it reaches Temporal. */
export function health(client: Client): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    try {
      await client.connection.withDeadline(Date.now() + 2_000, () => client.workflowService.getSystemInfo({}));
      return c.json({ status: 'ok' });
    } catch {
      return c.json({ status: 'unavailable', reason: 'Temporal does not answer.' }, 503);
    }
  });
  return app;
}
