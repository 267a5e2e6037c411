/**
 * A worker as `tunewright worker` starts it, that can be held still at a point of an activity until it is killed or released.
 * What it is told and what it tells are files in `TUNEWRIGHT_HOME`: see `support/holds.ts`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { activityInfo, Context } from '@temporalio/activity';
import { type ActivityInterceptorsFactory, NativeConnection } from '@temporalio/worker';
import { loadSettings } from '../../src/config.ts';
import { createLogger, installRuntime } from '../../src/logger.ts';
import { createWorker } from '../../src/worker.ts';
import { callerHeaders } from './support/calls.ts';
import { placeOf } from './support/evaluations.ts';
import { type Effect, noteIn, type Point, readHold } from './support/holds.ts';

/** The activity under way, and how many effects of each method it has had. */
interface Doing {
  run: string;
  activity: string;
  activityId: string;
  attempt: number;
  effects: Map<string, number>;
  /** Beats with the details of the last beat: what is held is alive. */
  beat(): void;
}

const settings = loadSettings(process.env, process.cwd());
const doing = new AsyncLocalStorage<Doing>();

/** Goes no further when this is the point at which the run is to be held. */
async function pass({ run, activityId, attempt, beat }: Doing, at: Point): Promise<void> {
  const held = () => {
    const hold = readHold(settings.home, run);
    return hold?.activityId === activityId && hold.at === at;
  };
  if (!held()) return;
  noteIn(settings.home, { run, activityId, attempt, held: at });
  while (held()) {
    beat();
    await setTimeout(500);
  }
}

/** Repeats the last beat. */
function beatOf(context: Context): () => void {
  const { heartbeat, info } = context;
  let last: unknown = info.heartbeatDetails;
  const noted = (details?: unknown) => {
    last = details;
    heartbeat(details);
  };
  Object.assign(context, { heartbeat: noted });
  return () => heartbeat(last);
}

async function effect(method: string, path?: string): Promise<void> {
  const now = doing.getStore();
  if (!now) return;
  const count = (now.effects.get(method) ?? 0) + 1;
  now.effects.set(method, count);
  const { run, activity, activityId, attempt } = now;
  const nth = `${method} ${count}` as Effect;
  const request = path === undefined ? {} : { request: { activity, method, path } };
  noteIn(settings.home, { run, activityId, attempt, effect: nth, ...request });
  await pass(now, nth);
}

const holding: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      const { activityId: id, activityType: activity, attempt, workflowExecution } = activityInfo();
      const { run, activityId } = placeOf(workflowExecution?.workflowId ?? '', id);
      const now: Doing = { run, activity, activityId, attempt, effects: new Map(), beat: beatOf(Context.current()) };
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
  // The client asks a data URL for what this runtime can do.
  if (String(target).startsWith('data:')) return await fetch(target, init);
  const now = doing.getStore();
  const headers = new Headers(init?.headers);
  // So that a fault of the platform can be meant for one run, and one activity of it.
  for (const [name, value] of Object.entries(now ? callerHeaders(now.run, now.activityId) : {}))
    headers.set(name, value);
  const response = await fetch(target, { ...init, headers });
  await effect(init?.method ?? 'GET', new URL(String(target)).pathname);
  return response;
};
const { link } = fs.promises;
fs.promises.link = async (from, to) => {
  try {
    await link(from, to);
  } finally {
    // Also when another run has put the same there.
    await effect('PUT');
  }
};
syncBuiltinESMExports();

installRuntime(createLogger('warn'));
const connection = await NativeConnection.connect({ address: settings.temporal.address });
const codePath = process.env.TUNEWRIGHT_TEST_BUNDLE ?? '';
const worker = await createWorker(settings, connection, { workflowBundle: { codePath } }, [holding]);
await worker.run();
await connection.close();
