import type { Client } from '@temporalio/client';
import type { RunProgress } from '../contract/run.ts';
import type { Try } from '../contract/tries.ts';
import { look } from './live.ts';

/** A run's progress with that of the tries that train now, which are workflows of their own. */
export async function withTries(client: Client, progress: RunProgress): Promise<RunProgress> {
  const { tries, status } = progress;
  const over = status === 'succeeded' || status === 'failed' || status === 'cancelled';
  if (!tries || over) return progress;
  return { ...progress, tries: await Promise.all(tries.map(async (one) => await withLive(client, one))) };
}

async function withLive(client: Client, one: Try): Promise<Try> {
  if (one.status !== 'waiting' && one.status !== 'training') return one;
  try {
    const { description, progress } = await look(client, one.workflow);
    const { job, live, question } = progress;
    // Its run knows of a pause, and does not know yet of the end.
    const known = description.status.name === 'RUNNING' ? (one.job ?? job) : job;
    return { ...one, ...(known ? { job: known } : {}), ...(live ? { live } : {}), ...(question ? { question } : {}) };
  } catch {
    // Not begun, or of a server that does not answer just now: the run's own progress is shown without it.
    return one;
  }
}
