import type { RunHandle, TunewrightClient } from '../client.ts';
import { TunewrightError } from '../contract/errors.ts';

/** The run of that name; a migration's name stands for its run. Throws `run_not_found`, `refused` where it has begun none. */
export async function runNamed(client: TunewrightClient, name: string): Promise<RunHandle> {
  const { run, migration } = await client.find(name);
  if (run) return run;
  const { progress, result } = await migration.state();
  const begun = result?.run ?? progress?.run;
  if (begun !== undefined) return client.get(begun);
  throw new TunewrightError('refused', `The migration ${name} has begun no run.`, {
    advice: `\`tunewright show ${name}\` tells where it is.`,
  });
}
