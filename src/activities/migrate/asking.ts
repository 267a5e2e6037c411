import type { ArtifactRef } from '../../contract/artifact.ts';
import type { MigrationRequest, Obstacle } from '../../contract/migration.ts';
import type { ModelVersion } from '../../contract/registry.ts';
import type { Dependencies } from '../dependencies.ts';
import { askable, askedModel } from '../distil/old-model.ts';
import { planDistillation } from '../distil/plan.ts';
import { snapshot } from '../snapshot.ts';
import type { Facts } from './facts.ts';
import type { Heritage } from './heritage.ts';
import type { Material } from './material.ts';

interface Asked extends Pick<Facts, 'distil' | 'reference'> {
  found: Obstacle[];
}

/** What the old model is to be asked while it lives; found out once for the same data, and nothing is asked yet. */
export function asking(
  dependencies: Dependencies,
  version: ModelVersion,
  request: MigrationRequest,
  signal: AbortSignal,
): (material: Material) => Promise<Asked> {
  const known = new Map<Heritage, Promise<Asked>>();
  return async (material) => {
    const found = known.get(material.heritage) ?? askingOf(dependencies, version, request, material, signal);
    known.set(material.heritage, found);
    return await found;
  };
}

async function askingOf(
  dependencies: Dependencies,
  version: ModelVersion,
  request: MigrationRequest,
  { heritage, heldOut }: Material,
  signal: AbortSignal,
): Promise<Asked> {
  const unrecorded = heldOut !== undefined && !heritage.recorded;
  if (!unrecorded && !request.distil) return { found: [] };
  const old = await askable(dependencies.platforms, version, signal);
  const compared = unrecorded ? { reference: referenceOf(heritage.heldOut as ArtifactRef, heldOut.examples) } : {};
  if (!request.distil) return { ...compared, found: [] };

  const { inputs: source, budgetUsd } = request.distil;
  const { connection } = request;
  const inputs =
    source === undefined
      ? undefined
      : await snapshot(dependencies, source, { connection, signal, onProgress: () => undefined });
  const { store } = dependencies;
  const planned = await planDistillation({ store, version, old, heritage, inputs, budgetUsd });
  return { ...compared, ...('code' in planned ? { found: [planned] } : { distil: planned, found: [] }) };

  function referenceOf(file: ArtifactRef, examples: number): NonNullable<Facts['reference']> {
    return typeof old === 'string' ? old : { ...askedModel(version, old), heldOut: { ...file, examples } };
  }
}
