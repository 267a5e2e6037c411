import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import type { Settings } from '../../../src/config.ts';
import type { NewVersion } from '../../../src/contract/registry.ts';
import { startGateway } from '../../../src/gateway/index.ts';
import { standInKeyEnv } from '../../../src/platforms/registry.ts';
import { openRecords, type Records } from '../../../src/records/index.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/index.ts';
import { newVersion } from '../../records/support/samples.ts';
import { testSettings } from '../../support/pipeline.ts';
import { keys, serviceKey } from '../registry.ts';
import { onEnd } from '../support.ts';

/** A gateway in front of one simulated platform, or of what a test makes of its connections. */
export interface Front {
  /** Base URL for clients. */
  url: string;
  records: Records;
  simulator: Simulator;
  /** The official client, which knows of no gateway; it tries nothing twice. */
  client: OpenAI;
  /** Registers it and makes it champion. */
  promote(version: Partial<NewVersion>): Promise<void>;
}

export async function front(
  connections: Settings['connections'] = {},
  changes: Partial<Settings> = {},
): Promise<Front> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-front-'));
  onEnd(async () => await rm(folder, { recursive: true, force: true }));
  const simulator = await startSimulator({ dataDir: join(folder, 'simulator') });
  onEnd(async () => await simulator.close());
  const usual = testSettings(folder, simulator.url);
  const settings = {
    ...usual,
    gatewayKeys: keys,
    connections: { ...usual.connections, ...connections },
    ...changes,
  };
  const records = await openRecords(settings.records);
  onEnd(async () => await records.close());
  const gateway = await startGateway(settings);
  onEnd(async () => await gateway.close());
  const url = `${gateway.url}/openai/v1`;
  let runs = 0;
  return {
    url,
    records,
    simulator,
    client: new OpenAI({ baseURL: url, apiKey: serviceKey, maxRetries: 0 }),
    async promote(changes) {
      const version = newVersion(++runs, { connection: 'simulator', modelId: 'stand-in-mini', ...changes });
      const { version: number } = await records.registerVersion(version);
      await records.promote({ model: version.model, by: 'kim', requestId: `promotion-${runs}`, version: number });
    },
  };
}

export const question = [{ role: 'user' as const, content: 'Where is my parcel? Intents: billing, shipping' }];

/** What an upstream was asked, as it came. */
export interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An upstream for what no simulator says; `connection` leads there. */
export interface Upstream {
  asked: Asked[];
  connection: Settings['connections'][string];
}

export async function upstream(answer: (response: ServerResponse, asked: Asked) => unknown): Promise<Upstream> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const one = { path: request.url ?? '', headers: request.headers, body };
    asked.push(one);
    await answer(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onEnd(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return { asked, connection: at((server.address() as AddressInfo).port) };
}

/** A connection to whoever listens on that port. */
export function at(port: number): Settings['connections'][string] {
  return { platform: 'openai', baseURL: `http://127.0.0.1:${port}/v1`, apiKeyEnv: standInKeyEnv };
}

export function json(response: ServerResponse, status: number, body: unknown, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
