/**
 * A worker as `tunewright worker` starts it, that can be held still at a point of an activity until it is killed.
 * What it is told and what it tells are files in `TUNEWRIGHT_HOME`: see `support/holds.ts`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { activityInfo } from '@temporalio/activity';
import { type ActivityInterceptorsFactory, NativeConnection } from '@temporalio/worker';
import { loadSettings } from '../../src/config.ts';
import { createLogger, installRuntime } from '../../src/logger.ts';
import { createWorker } from '../../src/worker.ts';
import { type Effect, noteIn, type Point, readHold } from './support/holds.ts';

/** The activity under way, and how many effects of each method it has had. */
interface Doing {
  run: string;
  activityId: string;
  attempt: number;
  effects: Map<string, number>;
}

const settings = loadSettings(process.env, process.cwd());
const doing = new AsyncLocalStorage<Doing>();

/** Goes no further when this is the point at which the run is to be held. */
async function pass({ run, activityId, attempt }: Doing, at: Point): Promise<void> {
  const hold = readHold(settings.home, run);
  if (hold?.activityId !== activityId || hold.at !== at) return;
  noteIn(settings.home, { run, activityId, attempt, held: at });
  await new Promise(() => {});
}

async function effect(method: string): Promise<void> {
  const now = doing.getStore();
  if (!now) return;
  const count = (now.effects.get(method) ?? 0) + 1;
  now.effects.set(method, count);
  const { run, activityId, attempt } = now;
  const nth = `${method} ${count}` as Effect;
  noteIn(settings.home, { run, activityId, attempt, effect: nth });
  await pass(now, nth);
}

const holding: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      const { activityId, attempt, workflowExecution } = activityInfo();
      const now: Doing = { run: workflowExecution?.workflowId ?? '', activityId, attempt, effects: new Map() };
      await pass(now, 'before');
      const result = await doing.run(now, async () => await next(input));
      await pass(now, 'after');
      return result;
    },
  },
});

// An effect is a request that was answered, or an artifact moved into place: nothing else leaves the process.
const { fetch } = globalThis;
globalThis.fetch = async (target, init) => {
  const response = await fetch(target, init);
  await effect(init?.method ?? 'GET');
  return response;
};
const { rename } = fs.promises;
fs.promises.rename = async (from, to) => {
  await rename(from, to);
  await effect('PUT');
};
syncBuiltinESMExports();

installRuntime(createLogger('warn'));
const connection = await NativeConnection.connect({ address: settings.temporal.address });
const codePath = process.env.TUNEWRIGHT_TEST_BUNDLE ?? '';
const worker = await createWorker(settings, connection, { workflowBundle: { codePath } }, [holding]);
await worker.run();
await connection.close();
