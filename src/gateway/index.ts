import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { openStore } from '../artifacts/index.ts';
import { connect } from '../client/connect.ts';
import type { Settings } from '../config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { assertAnswers } from '../hosting/index.ts';
import { aliveCheck } from '../lifetimes/alive.ts';
import { lifetimes } from '../lifetimes/index.ts';
import { createLogger } from '../logger.ts';
import { createPlatforms } from '../platforms/registry.ts';
import { recordsAt, watchRevisions } from '../records/index.ts';
import { access } from './access.ts';
import { createCounts } from './counts.ts';
import { health } from './health.ts';
import { metrics } from './metrics.ts';
import { models } from './models.ts';
import { openai } from './openai/index.ts';
import { webhooks } from './webhooks.ts';

export interface Gateway {
  url: string;
  close(): Promise<void>;
}

export interface GatewayOptions {
  host?: string;
  /** 0 takes any free port. */
  port?: number;
}

/** Longer than proxies and clients keep a connection that idles: none of their requests meets one that closes. */
const keepAliveTimeout = 65_000;

/** The HTTP side: webhooks of the platforms, registered models, OpenAI-compatible routes, health and metrics. Throws `temporal_unreachable`, `port_taken`. */
export async function startGateway(settings: Settings, options: GatewayOptions = {}): Promise<Gateway> {
  const { host = '127.0.0.1', port = 0 } = options;
  const client = await connect(settings.temporal);
  const platforms = createPlatforms(settings.connections, settings);
  const logger = createLogger(settings.logLevel);

  const app = new Hono();
  app.route('/', health(client));
  app.route('/webhooks', webhooks({ client, platforms, logger }));
  const closing = new AbortController();
  const records = recordsAt(settings.records);
  const counts = createCounts();
  app.route(
    '/metrics',
    metrics(async () => await lifetimes({ records: await records.open(), platforms, now: new Date() }), counts),
  );
  const watch = watchRevisions({ revisions: async (names) => await (await records.open()).revisions(names) });
  const mayCall = access(settings.gatewayKeys, host);
  app.route(
    '/v1/models',
    models({
      records: records.open,
      watch,
      alive: aliveCheck(platforms, (error) => logger.warn({ err: error }, 'a platform could not be asked for a model')),
      answers: async (model, version) =>
        await assertAnswers({ platforms, records: await records.open() }, model, version),
      access: mayCall,
      logger,
      closing: closing.signal,
    }),
  );
  app.route(
    '/openai/v1',
    openai({
      platforms,
      records: records.open,
      watch,
      access: mayCall,
      counts,
      store: openStore(settings),
      client,
      taskQueue: settings.taskQueue,
      usual: settings.gateway.connection,
      models: settings.gateway.models,
      run: settings.gateway.run,
      logger,
      closing: closing.signal,
    }),
  );

  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions: { keepAliveTimeout } }, (address) => {
      resolve({
        url: `http://${host}:${address.port}`,
        close: async () => {
          closing.abort();
          await new Promise((closed) => server.close(closed));
          await client.connection.close();
          await records.close();
        },
      });
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      void client.connection.close();
      reject(error.code === 'EADDRINUSE' ? portTaken(port, error) : error);
    });
  });
}

function portTaken(port: number, cause: Error): TunewrightError {
  return new TunewrightError('port_taken', `The port ${port} is taken by another process.`, {
    advice: 'Stop that process, or choose another port with --port.',
    cause,
  });
}
