import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createApp } from './app.ts';
import { translated } from './azure/data-plane.ts';
import { tidyDeployments } from './azure/deployments.ts';
import { startBatches } from './batches/runner.ts';
import { type Blobs, openBlobs } from './blobs.ts';
import { createCatalogue } from './catalogue.ts';
import { createLimiter } from './chat/limiter.ts';
import { createClock } from './clock.ts';
import type { AppBindings } from './env.ts';
import { type FaultBook, openFaults } from './faults/book.ts';
import { withFaults } from './faults/inject.ts';
import { newId } from './ids.ts';
import { startJobs } from './jobs/runner.ts';
import { openLedger } from './ledger.ts';
import { createModels } from './models.ts';
import type { SimulatorOptions } from './options.ts';
import type { Platform } from './platform.ts';
import type { Services } from './services.ts';
import { createSettings, type Settings } from './settings.ts';
import { openStore, type Store } from './store.ts';
import { createWebhooks } from './webhooks.ts';

/** A platform ready to answer requests. */
interface Assembled {
  platform: Platform;
  faults: FaultBook;
  handle(request: Request, bindings: AppBindings): Promise<Response>;
  /** Ends all work and closes the store. */
  stop(): void;
}

/** Puts the platform together over its data folder and goes on with unfinished work. */
export async function assemble(options: SimulatorOptions): Promise<Assembled> {
  const store = openStore(options.dataDir);
  const { platform, faults } = await build(options, store).catch((error) => {
    store.close();
    throw error;
  });
  const app = createApp(platform, faults, options);
  const faulty = withFaults(async (request, bindings) => app.fetch(request, bindings), faults);

  /** Faults strike the platform's own paths, whichever way a request came. */
  async function byAzure(request: Request, bindings: AppBindings): Promise<Response> {
    const own = await translated(request, platform);
    return own instanceof Response ? own : await own.answer(await faulty(own.request, bindings));
  }

  async function handle(request: Request, bindings: AppBindings): Promise<Response> {
    await platform.clock.refresh();
    platform.jobs.tick();
    platform.batches.tick();
    tidyDeployments(platform);
    const { pathname } = new URL(request.url);
    const isApi = /^\/(v[01]|openai|subscriptions)\//.test(pathname);
    const { latencyMs } = platform.settings.current;
    if (isApi && latencyMs > 0) await pause(latencyMs, undefined, { ref: false });
    const answer = await (pathname.startsWith('/openai/')
      ? byAzure(request, bindings)
      : isApi
        ? faulty(request, bindings)
        : app.fetch(request, bindings));
    answer.headers.set('x-simulated', 'tunewright');
    answer.headers.set('x-request-id', newId('req_'));
    return answer;
  }

  return {
    platform,
    faults,
    handle,
    stop() {
      platform.jobs.close();
      platform.batches.close();
      platform.webhooks.close();
      store.close();
    },
  };
}

async function build(options: SimulatorOptions, store: Store): Promise<{ platform: Platform; faults: FaultBook }> {
  const { dataDir } = options;
  const blobs = openBlobs(dataDir);
  await removeOrphans(store, blobs, dataDir);
  const clock = await createClock(store, options.now);
  const catalogue = createCatalogue(store, options.models);
  const services: Services = {
    dataDir,
    store,
    blobs,
    clock,
    catalogue,
    settings: createSettings(store, settingsOf(options)),
    ledger: openLedger(store, clock),
    webhooks: createWebhooks(store, clock, options.webhooks),
    models: createModels(dataDir, store, catalogue, clock),
  };
  const faults = openFaults(store, options.faults);
  const platform = {
    ...services,
    jobs: startJobs(services),
    batches: startBatches(services),
    limiter: createLimiter(),
  };
  return { platform, faults };
}

/** A kill between writing bytes and recording them leaves files that nothing names. */
async function removeOrphans(store: Store, blobs: Blobs, dataDir: string): Promise<void> {
  for (const id of await readdir(join(dataDir, 'files'))) {
    if (!store.get('file', id) && !store.get('part', id)) await blobs.remove(id);
  }
  for (const id of await readdir(join(dataDir, 'jobs')).catch(() => [])) {
    if (!store.get('job', id)) await rm(join(dataDir, 'jobs', id), { recursive: true, force: true });
  }
}

function settingsOf(options: SimulatorOptions): Partial<Settings> {
  const { dataDir, host, port, apiKeys, adminToken, now, webhooks, models, faults, ...settings } = options;
  return settings;
}
