import { setTimeout } from 'node:timers/promises';
import type { ServerProcess } from './server-process.ts';

/** A part of the stack that can be stopped. */
export type Part = Pick<ServerProcess, 'stop'>;

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** A part that has lived so long was well: its next death is a first one again. */
const settledMs = 60_000;

/** The pause before a part is started again, by how often in a row it has died young: 1 s, doubling to 30 s. */
export function restartPauseMs(deaths: number): number {
  return Math.min(firstPauseMs * 2 ** (deaths - 1), longestPauseMs);
}

/**
 * Starts a part and, until it is stopped, starts it again when it dies.
 *
 * @param log told of each death
 * @throws what `start` throws the first time; a later failure to start counts as a death
 */
export async function keepRunning(
  name: string,
  log: (line: string) => void,
  start: () => Promise<ServerProcess>,
): Promise<Part> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let current = await start();

  /** How the next process ended, or why it could not be started. */
  async function oneMore(): Promise<string> {
    try {
      current = await start();
    } catch (error) {
      return `could not be started: ${(error as Error).message}`;
    }
    // Stopped while it was being started: `stop` has waited for the process before this one.
    if (signal.aborted) await current.stop();
    return await current.ended;
  }

  async function watch(): Promise<void> {
    let deaths = 0;
    let startedAt = Date.now();
    let how = await current.ended;
    while (!signal.aborted) {
      deaths = Date.now() - startedAt < settledMs ? deaths + 1 : 1;
      const pauseMs = restartPauseMs(deaths);
      log(`${name} ${how}; it is started again in ${pauseMs / 1000} s, its log tells more`);
      await setTimeout(pauseMs, undefined, { ref: false, signal }).catch(() => {});
      if (signal.aborted) return;
      startedAt = Date.now();
      how = await oneMore();
    }
  }

  const watched = watch();
  return {
    async stop() {
      stopping.abort();
      await current.stop();
      await watched;
    },
  };
}
