import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../../platforms/platform.ts';

/** Files of which it is remembered where they are: many models are made of one, and files at a platform never change. */
const remembered = 2_000;

/** Brings files of platforms into the store, each once a process; undefined for one that is gone or cannot be read back. */
export function fileFetcher(store: ArtifactStore) {
  const known = new Map<string, ArtifactRef>();
  return async (
    connection: string,
    platform: TrainingPlatform,
    id: string,
    signal: AbortSignal,
  ): Promise<ArtifactRef | undefined> => {
    const key = `${connection} ${id}`;
    const before = known.get(key);
    if (before) return before;
    if (!platform.readFile) return undefined;
    try {
      const ref = await store.put(platform.readFile(id, signal));
      if (known.size >= remembered) known.clear();
      known.set(key, ref);
      return ref;
    } catch (error) {
      if (error instanceof TunewrightError && error.status === 404) return undefined;
      throw error;
    }
  };
}
