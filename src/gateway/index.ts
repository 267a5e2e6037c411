import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { connect } from '../client/connect.ts';
import type { Settings } from '../config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { createLogger } from '../logger.ts';
import { createPlatforms } from '../platforms/registry.ts';
import { health } from './health.ts';
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

/** The HTTP side: webhooks of the platforms, health for a load balancer. Throws `temporal_unreachable`, `port_taken`. */
export async function startGateway(settings: Settings, options: GatewayOptions = {}): Promise<Gateway> {
  const { host = '127.0.0.1', port = 0 } = options;
  const client = await connect(settings.temporal);
  const platforms = createPlatforms(settings.connections, settings);
  const logger = createLogger(settings.logLevel);

  const app = new Hono();
  app.route('/', health(client));
  app.route('/webhooks', webhooks({ client, platforms, logger }));

  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (address) => {
      resolve({
        url: `http://${host}:${address.port}`,
        close: async () => {
          await new Promise((closed) => server.close(closed));
          await client.connection.close();
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
