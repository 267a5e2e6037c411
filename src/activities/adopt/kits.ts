import type { ArtifactStore } from '../../artifacts/index.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { EscapeKit } from '../../contract/kit.ts';
import type { AdoptedLineage, ModelVersion } from '../../contract/registry.ts';

/** The kit of an adopted version; undefined for a version of a run, and where the store has lost it. */
export async function kitOf(store: ArtifactStore, version: ModelVersion | undefined): Promise<EscapeKit | undefined> {
  if (!version?.lineage.adopted) return undefined;
  const { kit }: AdoptedLineage = version.lineage;
  try {
    return JSON.parse(await store.readText(kit)) as EscapeKit;
  } catch (error) {
    const lost = error instanceof TunewrightError && ['artifact_missing', 'artifact_altered'].includes(error.code);
    if (lost) return undefined;
    throw error;
  }
}

export async function keepKit(store: ArtifactStore, kit: EscapeKit) {
  return await store.put(`${JSON.stringify(kit)}\n`);
}
