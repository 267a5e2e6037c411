import type { RunConfigInput } from '../../../src/contract/config.ts';
import { type Call, callerHeaders, callsOf } from './calls.ts';
import { until } from './outcome.ts';
import type { World } from './world.ts';

/** A request of one run: the last of its kind that an activity makes. */
export interface Unanswered {
  /** Of the run. */
  name: string;
  activity: string;
  /** Such as `GET /v1/files`, with `*` where an id stands. */
  request: string;
}

/** Begins a run, and comes back when the request has had its effect and the answer is on its way, for seconds. */
export async function beginUnanswered(world: World, config: RunConfigInput, which: Unanswered): Promise<void> {
  const { name, activity, request } = which;
  const known = callsOf(world, 'undisturbed');
  const call = known.find((one) => one.activity === activity && `${one.method} ${one.path}` === request);
  const { activityId, method, path, times } = call as Call;
  const match = { id: name, method, path, skip: times - 1, withHeaders: callerHeaders(name, activityId) };
  await world.addFault({ ...match, kind: 'delay', when: 'after', ms: 4_000 });
  await world.client.start(config, { name });
  await until(
    async () => (await world.faults()).find(({ id }) => id === name)?.struck,
    (struck) => struck === 1,
  );
}
