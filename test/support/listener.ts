import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import type { Notice } from '../../src/contract/notice.ts';

/** A server to which notices are posted, each with a signature that the official client finds valid. */
export interface Listener {
  url: string;
  secret: string;
  /** Whether notices are taken; otherwise each is answered with 503. */
  taking: boolean;
  /** What was told of a run, or of a model; throws when nothing of that kind was, or its signature is wrong. */
  of(name: string, event: Notice['event']): Promise<Notice>;
  close(): Promise<void>;
}

export async function listener(): Promise<Listener> {
  const secret = `whsec_${Buffer.from('a secret of this test').toString('base64')}`;
  const received: { body: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (!told.taking) return void response.writeHead(503).end();
    received.push({ body, headers: request.headers });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { webhooks } = new OpenAI({ apiKey: 'unused' });
  const told: Listener = {
    taking: true,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    secret,
    async of(name, event) {
      for (const { body, headers } of received) {
        const { type, data } = JSON.parse(body);
        if (![data.run, data.model].includes(name) || type !== `tunewright.${event}`) continue;
        await webhooks.verifySignature(body, headers as Record<string, string>, secret);
        return data;
      }
      throw new Error(`${event} was not told of ${name}`);
    },
    close: async () => await new Promise((resolve) => server.close(() => resolve())),
  };
  return told;
}
