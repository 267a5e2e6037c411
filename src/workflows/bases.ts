import type { RunConfig } from '../contract/config.ts';
import { rewardOf } from '../contract/reward.ts';
import { activities } from './activities.ts';
import { together } from './together.ts';

export type Access = Awaited<ReturnType<typeof activities.checkAccess>>;
type Inspected = Awaited<ReturnType<typeof activities.inspectData>>;

/** Checks the data by the limits of each base model; the files are the same for all of them. */
export async function inspectFor(bases: readonly string[], config: RunConfig): Promise<Inspected> {
  const { connection, method, data, split, evaluation } = config;
  const input = { connection, method, data, split, evaluation, reward: rewardOf(config) };
  const inspected = await together(
    bases.map((model) => async () => await activities.inspectData(`Check ${data.train}`, { ...input, model })),
  );
  const warnings = [...new Set(inspected.flatMap((one) => one.warnings))];
  return { ...(inspected[0] as Inspected), warnings };
}

/** Checks that each base model exists, can be tuned and lives long enough; answers by base model. */
export async function accessTo(bases: readonly string[], config: RunConfig): Promise<ReadonlyMap<string, Access>> {
  const { connection, method, minimumLifeDays, evaluation, stopEarly } = config;
  const { grader } = evaluation;
  const accesses = await together(
    bases.map(
      (model) => async () =>
        [
          model,
          await activities.checkAccess(`Check access to ${model}`, {
            connection,
            model,
            method,
            minimumLifeDays,
            grader,
            ...(stopEarly ? { stopEarly } : {}),
          }),
        ] as const,
    ),
  );
  return new Map(accesses);
}
