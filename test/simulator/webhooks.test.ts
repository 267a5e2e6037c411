import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type OpenAI from 'openai';
import { bench, chatLines, createJob, onEnd, trained, until } from './support.ts';

const SECRET = `whsec_${Buffer.from('a key known to both sides').toString('base64')}`;

interface Received {
  headers: Record<string, string>;
  body: string;
}

/** A receiver that answers with the statuses given, one after the other, then 200. */
async function receiver(
  statuses: number[] = [],
): Promise<{ url: string; received: Received[]; close(): Promise<void> }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: plain(request.headers), body });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onEnd(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, close };
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

const unwrap = (client: OpenAI, { body, headers }: Received, secret = SECRET) =>
  client.webhooks.unwrap(body, headers, secret);

describe('webhooks', () => {
  test('an event is signed so that the official client accepts it, and no other body or key', async () => {
    const { url, received } = await receiver();
    const { client } = await bench({ webhooks: [{ url, secret: SECRET }] });
    const job = await trained(client);
    const [delivery] = await until(
      async () => received,
      (list) => list.length === 1,
    );
    if (!delivery) throw new Error('no delivery');
    expect(await unwrap(client, delivery)).toEqual({
      id: expect.stringMatching(/^evt_/),
      object: 'event',
      created_at: job.finished_at,
      type: 'fine_tuning.job.succeeded',
      data: { id: job.id },
    });
    const forged = { ...delivery, body: delivery.body.replace(job.id, 'ftjob-other') };
    await expect(unwrap(client, forged)).rejects.toThrow(/signature/);
    await expect(unwrap(client, delivery, `whsec_${Buffer.from('other').toString('base64')}`)).rejects.toThrow(
      /signature/,
    );
  });

  test('a delivery is repeated with the same id until it is answered with a 2xx', async () => {
    const { url, received } = await receiver([500, 404]);
    const { client } = await bench({ webhooks: [{ url, secret: SECRET }] });
    await trained(client);
    await until(
      async () => received,
      (list) => list.length === 3,
    );
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    for (const delivery of received) await unwrap(client, delivery);
  });

  test('only the events asked for are sent, failed and cancelled ones too', async () => {
    const all = await receiver();
    const failures = await receiver();
    const { client, sim } = await bench({ queueMs: 3_600_000 });
    sim.setWebhooks([
      { url: all.url, secret: SECRET },
      { url: failures.url, secret: SECRET, events: ['fine_tuning.job.failed'] },
    ]);
    const cancelled = await createJob(client);
    await client.fineTuning.jobs.cancel(cancelled.id);
    const failed = await createJob(client, { lines: chatLines(3) });
    await until(
      async () => all.received,
      (list) => list.length === 2,
    );
    await until(
      async () => failures.received,
      (list) => list.length === 1,
    );
    const told = ({ body }: Received) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { id: string } };
      return [type, data.id];
    };
    expect(all.received.map(told).sort()).toEqual([
      ['fine_tuning.job.cancelled', cancelled.id],
      ['fine_tuning.job.failed', failed.id],
    ]);
    expect(failures.received.map(told)).toEqual([['fine_tuning.job.failed', failed.id]]);
  });

  test('what was not delivered is sent after a restart', async () => {
    const { url, received } = await receiver(Array.from({ length: 3 }, () => 503));
    const first = await bench({ webhooks: [{ url, secret: SECRET }] });
    const job = await trained(first.client);
    await until(
      async () => received,
      (list) => list.length > 0,
    );
    await first.sim.close();
    const before = received.length;
    await bench({ dataDir: first.dataDir });
    await until(
      async () => received,
      (list) => list.length > before,
    );
    expect(received.at(-1)?.body).toContain(job.id);
  });

  test('a URL or secret that is none is refused', async () => {
    const { sim } = await bench();
    expect(() => sim.setWebhooks([{ url: 'nonsense', secret: SECRET }])).toThrow('Webhook URL "nonsense" is no URL.');
    expect(() => sim.setWebhooks([{ url: 'http://127.0.0.1', secret: 'x' }])).toThrow(
      'A webhook secret is "whsec_" and base64.',
    );
  });
});
