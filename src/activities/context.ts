import { activityInfo, Context } from '@temporalio/activity';
import { TunewrightError } from '../contract/errors.ts';

/** When an activity of this process last told the server that it is alive, ms by the machine's clock. */
const lastBeats = new WeakMap<Context, number>();

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
  lastBeats.set(context, Date.now());
  const timer = setInterval(() => heartbeat(details(), context), heartbeatTimeoutMs(context) / 4);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}

/** Tells the server that this attempt is alive, and how far it has come. */
export function heartbeat(details: unknown, context = Context.current()): void {
  lastBeats.set(context, Date.now());
  context.heartbeat(details);
}

/** The details of the last heartbeat of the attempt before this one. */
export function lastHeartbeat<T>(): T | undefined {
  return activityInfo().heartbeatDetails as T | undefined;
}

/**
 * To be called right before anything that is paid. A process that was held still, as by a suspended machine, wakes up
 * in the middle of an attempt that the server has long given to another worker. Throws `interrupted` then.
 */
export function assertStillMine(): void {
  const context = Context.current();
  const silentMs = Date.now() - (lastBeats.get(context) ?? Date.now());
  if (silentMs < heartbeatTimeoutMs(context)) return;
  throw new TunewrightError('interrupted', `This worker stood still for ${Math.round(silentMs / 1000)} s.`, {
    advice: 'Nothing: the next attempt looks first for what this one was about to create.',
    retry: 'yes',
  });
}

function heartbeatTimeoutMs({ info }: Context): number {
  return info.heartbeatTimeoutMs ?? 10_000;
}
