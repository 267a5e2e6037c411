import type { ArtifactStore } from '../../artifacts/index.ts';
import { splitSchema } from '../../contract/config.ts';
import type { MigrationRequest } from '../../contract/migration.ts';
import { splitDataset, topFields } from '../../datasets/index.ts';
import type { Heritage } from './heritage.ts';

/**
 * Sets held-out examples aside where there are none yet, just as the run would: what is compared is known before it begins.
 * A model that a run of ours has made is held to what that run had set aside. Throws `invalid_data` where too few are left.
 */
export async function divided(
  store: ArtifactStore,
  heritage: Heritage,
  request: MigrationRequest,
  minimumExamples: number,
  signal: AbortSignal,
): Promise<Heritage> {
  const { method, train, validation, run } = heritage;
  const split = splitSchema.safeParse({ ...run?.split, ...request.changes?.split });
  // What is wrong with the changes is told when the run is put together.
  if (!train || !split.success) return heritage;
  const { seed, groupBy, timeBy, ...shares } = split.data;
  const fields = { ...(groupBy ? { groupBy } : {}), ...(timeBy ? { timeBy } : {}) };
  const parts = await splitDataset(
    {
      train: await store.path(train),
      ...(validation ? { validation: await store.path(validation) } : {}),
      ...{ method, shares, seed, fields, minimumExamples, signal },
    },
    store,
  );
  const learnt = run === undefined || request.train !== undefined;
  return {
    ...heritage,
    train: parts.train,
    ...(parts.validation ? { validation: parts.validation } : {}),
    heldOut: parts.test,
    seen: learnt ? parts.test.examples : 0,
    divided: true,
  };
}

/** Fields of the lines by which they are divided: they may stand in them. */
export function fieldsOf({ run }: Heritage, request: MigrationRequest): string[] {
  const { groupBy, timeBy } = { ...run?.split, ...request.changes?.split };
  return topFields([groupBy, timeBy]);
}
