import { activityInfo, Context } from '@temporalio/activity';
import { TunewrightError } from '../contract/errors.ts';

/** When an activity of this process last told the server that it is alive. */
const lastBeats = new WeakMap<Context, Moment>();

/** In ms: by the machine's clock, which may be set, and by one that may stand still while the machine is suspended. */
interface Moment {
  clock: number;
  steady: number;
}

const moment = (): Moment => ({ clock: Date.now(), steady: performance.now() });

/** Sends the newest details while long work is under way, so that its loss and its cancellation are seen early. */
export async function beating<T>(details: () => unknown, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  heartbeat(details());
  return await attended(work, details);
}

/** As {@link beating}, without a beat to begin with: a call that is answered within seconds costs none. */
export async function attended<T>(
  work: (signal: AbortSignal) => Promise<T>,
  details: () => unknown = () => ({}),
): Promise<T> {
  const context = Context.current();
  lastBeats.set(context, moment());
  const timer = setInterval(() => heartbeat(details(), context), heartbeatTimeoutMs(context) / 4);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}

/** Tells the server that this attempt is alive, and how far it has come. */
export function heartbeat(details: unknown, context = Context.current()): void {
  // A late beat does not win back what the server has given to another.
  if (silentMs(context) < heartbeatTimeoutMs(context)) lastBeats.set(context, moment());
  context.heartbeat(details);
}

/** The details of the last heartbeat of the attempt before this one. */
export function lastHeartbeat<T>(): T | undefined {
  return activityInfo().heartbeatDetails as T | undefined;
}

/** How long this activity had been tried when this attempt began, ms: by the server's clock, for the machine's may be wrong. */
export function triedForMs(): number {
  const { currentAttemptScheduledTimestampMs, scheduledTimestampMs } = activityInfo();
  return currentAttemptScheduledTimestampMs - scheduledTimestampMs;
}

/**
 * To be called right before anything that is paid, or would be left over. A process that was held still, as by a
 * suspended machine, wakes up in the middle of an attempt that the server has long given to another worker. Throws
 * `interrupted` then.
 */
export function assertStillMine(): void {
  const context = Context.current();
  const stoodStillMs = silentMs(context);
  if (stoodStillMs < heartbeatTimeoutMs(context)) return;
  throw new TunewrightError('interrupted', `This worker stood still for ${Math.round(stoodStillMs / 1000)} s.`, {
    advice: 'Nothing: the next attempt looks first for what this one was about to create.',
    retry: 'yes',
  });
}

/** Since the last beat, ms. */
function silentMs(context: Context): number {
  const now = moment();
  const last = lastBeats.get(context) ?? now;
  return Math.max(now.clock - last.clock, now.steady - last.steady);
}

function heartbeatTimeoutMs({ info }: Context): number {
  return info.heartbeatTimeoutMs ?? 10_000;
}
