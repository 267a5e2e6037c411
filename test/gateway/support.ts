import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { type Gateway, startGateway } from '../../src/gateway/index.ts';
import { jobEvent, signed } from '../platforms/webhook.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';

export const secret = `whsec_${Buffer.from('of the simulator').toString('base64')}`;

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Registers what a test must undo even when it fails. */
export function onEnd(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup);
}

/** A pipeline whose runs hear of their job by webhook only, and the gateway in front of it. */
export interface Front extends Pipeline {
  gateway: Gateway;
}

export async function front(): Promise<Front> {
  const at = await pipeline();
  onEnd(() => at.close());
  const env = { ...at.settings.env, SIMULATOR_WEBHOOK_SECRET: secret };
  const machines = { platform: 'huggingface', storage: at.folder };
  const connections = { ...at.settings.connections, broken: { platform: 'openai', nonsense: true }, machines };
  const gateway = await startGateway({ ...at.settings, env, connections });
  onEnd(() => gateway.close());
  return {
    ...at,
    gateway,
    config: (changes) => at.config({ pollSeconds: 3600, ...changes }),
  };
}

/** The gateway's answer to a delivery; by default one of a good event, signed well. */
export async function deliver(
  url: string,
  {
    connection = 'simulator',
    body = jobEvent('ftjob-none'),
    headers = typeof body === 'string' ? signed(body, secret) : {},
  }: { connection?: string; body?: string | ReadableStream; headers?: Record<string, string> } = {},
): Promise<{ status: number; json: unknown }> {
  const answer = await fetch(`${url}/webhooks/${connection}`, { method: 'POST', headers, body, ...streamed(body) });
  return { status: answer.status, json: await answer.json() };
}

const streamed = (body: unknown) => (typeof body === 'string' ? {} : { duplex: 'half' as const });

/** A way to a server that can be cut, or go silent. */
export interface Way {
  address: string;
  cut(): Promise<void>;
  silence(): void;
}

export async function wayTo(target: string): Promise<Way> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = dial(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  async function cut(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }
  onEnd(cut);
  return {
    cut,
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
}
