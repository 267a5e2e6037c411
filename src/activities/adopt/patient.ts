import { setTimeout } from 'node:timers/promises';
import { createPatience } from '../../evaluation/index.ts';

/** Longer waits are the server's: an activity that sleeps holds a slot. */
const longestWaitMs = 20_000;

/** Makes calls one after another, each again where the platform was in the way: a chain is not read anew for one of them. */
export function patientCalls(signal: AbortSignal) {
  return createPatience({
    concurrency: 1,
    maxWaitMs: longestWaitMs,
    signal,
    sleep: (ms, abort) => setTimeout(ms, undefined, { signal: abort }),
  });
}
