import type { RunHandle } from '../../../src/client.ts';
import { config, until } from './outcome.ts';
import type { World } from './world.ts';

/** Sizes with which a run of the harness uploads its training file in parts and its validation file whole. */
export const inParts = { fileBytes: 4_096, partBytes: 2_048 };

/** How a run goes when nothing disturbs it: by these two it makes every kind of remote call there is. */
export const courses = {
  succeeds: async (world: World, name: string): Promise<RunHandle> => await world.client.start(config, { name }),

  /** Cancelled while its job waits for its turn at the platform. */
  async cancelled(world: World, name: string): Promise<RunHandle> {
    await world.addFault({ kind: 'job', job: { queueMs: 3_600_000 }, withHeaders: { 'x-run': name } });
    const run = await world.client.start(config, { name });
    await until(
      async () => (await run.progress()).job?.id,
      (id) => id !== undefined,
    );
    await run.cancel('No longer wanted.');
    return run;
  },
};
export type Course = keyof typeof courses;

/** Begins them all; first those that have to be seen training before they are cancelled. */
export async function beginAll(world: World, runs: readonly { course: Course; run: string }[]): Promise<void> {
  for (const course of ['cancelled', 'succeeds'] as const) {
    const these = runs.filter((one) => one.course === course);
    await Promise.all(these.map(async ({ run }) => await courses[course](world, run)));
  }
}
