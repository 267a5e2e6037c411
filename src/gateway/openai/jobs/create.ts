import { createHash } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { runError } from '../../../client/failures.ts';
import { workflowStart } from '../../../client/start.ts';
import type { FineTuneInput } from '../../../contract/run.ts';
import { type Asked, askedMemo } from './asked.ts';
import { type Found, find } from './find.ts';

/** Official clients send a create again, up to twice, when its answer is lost; none of their waits is as long. */
export const windowMs = 10 * 60_000;
const letters = 'bcdfghjkmnpqrstvwxz23456789';
const tailLength = 10;
const longestLabel = 40;

export interface Creation {
  /** What the same request has in common with itself: who asked, and the bytes. */
  caller: string | undefined;
  body: string;
  /** What its name begins with. */
  label: string;
  input: FineTuneInput;
  asked: Asked;
}

/**
 * Starts a run, or finds the one that the same request has started within the last ten minutes: a run's name is made of
 * the request, and Temporal takes a name once. A run that failed or was cancelled does not stand in the way of another.
 */
export async function createOnce(client: Client, taskQueue: string, creation: Creation): Promise<Found> {
  const now = Date.now();
  const period = Math.floor(now / windowMs);
  const before = await living(client, (n) => nameOf(creation, period - 1, n));
  if (before.run && Date.parse(before.run.progress.startedAt) > now - windowMs) return before.run;
  for (;;) {
    const { run, free } = await living(client, (n) => nameOf(creation, period, n));
    if (run) return run;
    const [type, options] = workflowStart(free, taskQueue, creation.input, { [askedMemo]: creation.asked });
    try {
      await client.workflow.start(type, options);
      const started = await find(client, free);
      if (started) return started;
    } catch (error) {
      // The same request came twice at once: the other one's run is found.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw runError(free, error);
    }
  }
}

/** The run of one of these names that has not come to a bad end, and the first name that is free. */
async function living(client: Client, name: (attempt: number) => string): Promise<{ run?: Found; free: string }> {
  for (let attempt = 0; ; attempt++) {
    const run = await find(client, name(attempt));
    if (!run) return { free: name(attempt) };
    const { status } = run.progress;
    if (status !== 'failed' && status !== 'cancelled') return { run, free: name(attempt) };
  }
}

function nameOf({ caller = '', body, label }: Creation, period: number, attempt: number): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([caller, body, period, attempt]))
    .digest();
  const tail = Array.from({ length: tailLength }, (_, i) => letters[(hash[i] ?? 0) % letters.length]).join('');
  return `${shortened(label)}-${tail}`;
}

function shortened(label: string): string {
  const plain = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestLabel);
  return plain.replace(/^-+|-+$/g, '') || 'run';
}
