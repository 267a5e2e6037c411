import { setTimeout } from 'node:timers/promises';
import type { Simulator } from '../../../src/simulator/index.ts';
import type { World } from './world.ts';

/** Counts the requests of a world to its platform and to another one, and kills its worker by them. */
export interface Killing {
  /** How often it was killed. */
  readonly count: number;
  /** Kills it, and starts it again, each time that so many requests were made since `work` has begun. */
  during<T>(requests: readonly number[], work: () => Promise<T>): Promise<T>;
}

const id = 'all-requests';

export async function killing(world: World, other: Simulator): Promise<Killing> {
  // A rule that changes nothing counts what it meets.
  const rule = { kind: 'delay', ms: 0, id, path: '/v1/**', times: -1 } as const;
  await world.addFault(rule);
  other.faults.add(rule);
  const made = async () =>
    [...(await world.faults()), ...other.faults.list()].reduce(
      (sum, { id: of, seen }) => sum + (of === id ? seen : 0),
      0,
    );
  let count = 0;

  async function kill(requests: readonly number[], over: AbortSignal): Promise<void> {
    const before = await made();
    for (const many of requests) {
      while ((await made()) < before + many) {
        if (over.aborted) return;
        await setTimeout(20);
      }
      await world.kill(['worker']);
      await world.start(['worker']);
      count += 1;
    }
  }

  return {
    get count() {
      return count;
    },
    async during(requests, work) {
      const over = new AbortController();
      const killed = kill(requests, over.signal);
      try {
        return await work();
      } finally {
        over.abort();
        await killed;
      }
    },
  };
}
