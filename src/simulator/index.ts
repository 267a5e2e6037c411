import type { Server } from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { assemble } from './assemble.ts';
import type { Simulator, SimulatorOptions } from './options.ts';

export type { BaseModel, ModelOverrides } from './catalogue.ts';
export type { PresetRule } from './faults/presets.ts';
export type {
  ActiveFault,
  BatchFault,
  FaultEffect,
  FaultMatch,
  FaultRule,
  FileFault,
  JobFault,
} from './faults/rules.ts';
export type { ChatUse, Ledger, LedgerEntry } from './ledger.ts';
export type { Simulator, SimulatorOptions } from './options.ts';
export type { Settings } from './settings.ts';
export type { WebhookEndpoint } from './webhooks.ts';

/**
 * Starts an OpenAI-compatible platform over HTTP whose models really learn, though they are no GPT.
 * Goes on with whatever an earlier process left in `dataDir`. Rejects when the port is taken, the folder
 * cannot be written or another simulator uses it.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { platform, faults, handle, stop } = await assemble(options);
  const host = options.host ?? '127.0.0.1';
  const server = createAdaptorServer({
    fetch: (request, bindings) => handle(request, bindings as HttpBindings),
    overrideGlobalObjects: false,
  }) as Server;
  try {
    await listen(server, host, options.port ?? 0);
  } catch (error) {
    stop();
    throw error;
  }
  platform.webhooks.start();

  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`,
    port,
    ledger: platform.ledger.read,
    faults: { add: faults.add, list: faults.list, remove: faults.remove, clear: faults.clear },
    set: platform.settings.set,
    setWebhooks: platform.webhooks.setEndpoints,
    setModels: platform.catalogue.override,
    advanceClock(ms) {
      platform.clock.advance(ms);
      platform.jobs.tick();
      platform.batches.tick();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      stop();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} on ${host} is taken. Stop the process that listens there or choose another port (0 picks a free one).`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken, { cause: error }) : error);
    });
    server.listen(port, host, () => resolve());
  });
}
