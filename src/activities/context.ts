import { activityInfo, Context } from '@temporalio/activity';

/** Sends the newest details while a long call is under way, so that its loss and its cancellation are seen early. */
export async function beating<T>(details: () => unknown, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timeoutMs = context.info.heartbeatTimeoutMs ?? 30_000;
  context.heartbeat(details());
  const timer = setInterval(() => context.heartbeat(details()), timeoutMs / 4);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}

/** The details of the last heartbeat of the attempt before this one. */
export function lastHeartbeat<T>(): T | undefined {
  return activityInfo().heartbeatDetails as T | undefined;
}
