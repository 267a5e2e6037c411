import { setTimeout } from 'node:timers/promises';
import type { RunHandle } from '../client.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { RunProgress } from '../contract/run.ts';
import type { Context } from './context.ts';
import { clean } from './render/text.ts';
import { createViewer } from './viewer.ts';

export interface FollowOptions {
  /** Milliseconds between two tries to reach a server that does not answer. */
  retryMs?: number;
  /** Milliseconds without an answer after which it is given up. */
  patienceMs?: number;
  /** Milliseconds after which a run that nobody works on is spoken of. */
  idleMs?: number;
}

/**
 * Shows a run until it is over or `interrupt` is aborted; answers how it was seen last, undefined when it never was.
 * A server that does not answer for a while is waited for. Throws `run_not_found`, `temporal_unreachable`.
 */
export async function follow(
  handle: RunHandle,
  context: Pick<Context, 'out' | 'now'>,
  interrupt: AbortSignal,
  { retryMs = 1_000, patienceMs = 300_000, idleMs = 10_000 }: FollowOptions = {},
): Promise<RunProgress | undefined> {
  const { out, now } = context;
  const viewer = createViewer(out, now);
  const idle = globalThis.setTimeout(() => out.note(nobodyWorks), idleMs);
  const warned = new Set<string>();
  let last: RunProgress | undefined;
  let silentSince: number | undefined;
  try {
    for (;;) {
      try {
        for await (const progress of handle.watch({ signal: interrupt })) {
          clearTimeout(idle);
          silentSince = undefined;
          last = progress;
          warn(progress);
          viewer.show(progress);
        }
        return last;
      } catch (error) {
        if (!(error instanceof TunewrightError) || error.code !== 'temporal_unreachable') throw error;
        if (silentSince === undefined)
          out.note('Temporal does not answer; the run goes on as soon as it does. Waiting.');
        silentSince ??= now().getTime();
        if (now().getTime() - silentSince > patienceMs) throw error;
      }
      // Broken off by the interrupt, which the next look notices.
      await setTimeout(retryMs, undefined, { signal: interrupt }).catch(() => undefined);
    }
  } finally {
    clearTimeout(idle);
    viewer.close();
  }

  // While a run can still be cancelled before it pays for its training.
  function warn({ data }: RunProgress): void {
    for (const warning of data?.warnings ?? []) {
      if (!warned.has(warning)) out.note(`warning: ${clean(warning)}`);
      warned.add(warning);
    }
  }
}

const nobodyWorks = 'No worker has taken the run up yet: `tunewright worker` starts one.';
