import type { FaultMatch } from '../../../src/simulator/faults/rules.ts';
import { readNotes } from './holds.ts';
import type { World } from './world.ts';

/** One kind of remote call that an activity of a run makes. */
export interface Call {
  activity: string;
  activityId: string;
  method: string;
  /** With `*` where an id stands. */
  path: string;
  /** How often one attempt makes it. */
  times: number;
}

/** What every request of the worker says of whose it is. */
export function callerHeaders(run: string, activityId: string): Record<string, string> {
  return { 'x-run': run, 'x-activity': activityId };
}

/** The requests of a call that another run of the same course makes. */
export function requestsOf(run: string, { activityId, method, path }: Call): FaultMatch {
  return { withHeaders: callerHeaders(run, activityId), method, path };
}

/** Every remote call of a run that has ended undisturbed, as its worker's notes tell. */
export function callsOf({ folder }: World, run: string): Call[] {
  const calls = new Map<string, Call>();
  const counts = new Map<string, number>();
  for (const { run: of, activityId, attempt, request } of readNotes(folder)) {
    if (of !== run || !request) continue;
    const { activity, method } = request;
    const path = request.path.replaceAll(/\/(files|jobs|models|uploads)\/[^/]+/g, '/$1/*');
    const kind = `${activityId} ${method} ${path}`;
    const count = (counts.get(`${kind} ${attempt}`) ?? 0) + 1;
    counts.set(`${kind} ${attempt}`, count);
    const times = Math.max(count, calls.get(kind)?.times ?? 0);
    calls.set(kind, { activity, activityId, method, path, times });
  }
  return [...calls.values()];
}
