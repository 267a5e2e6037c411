import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../../platforms/platform.ts';

/** Files of which it is remembered where they are: many models are made of one, and files at a platform never change. */
const remembered = 2_000;

/** A file in the store, or why it cannot be had, as the end of a sentence. */
export type Fetched = { ref: ArtifactRef } | { why: string };

/** Whether it is the one thing asked for that cannot be had; anything else stands in the way of all. */
export function isOfOneThing(error: unknown): error is TunewrightError {
  const codes = ['not_found', 'model_not_found', 'forbidden', 'refused', 'too_large'];
  return error instanceof TunewrightError && error.retry === 'never' && codes.includes(error.code);
}

/** Brings files of platforms into the store, each once a process. */
export function fileFetcher(store: ArtifactStore) {
  const known = new Map<string, ArtifactRef>();
  return async (connection: string, platform: TrainingPlatform, id: string, signal: AbortSignal): Promise<Fetched> => {
    const key = `${connection} ${id}`;
    const before = known.get(key);
    if (before) return { ref: before };
    if (!platform.readFile) return { why: `cannot be had: ${platform.name} gives no file back` };
    try {
      const ref = await store.put(platform.readFile(id, signal));
      if (known.size >= remembered) known.clear();
      known.set(key, ref);
      return { ref };
    } catch (error) {
      if (!isOfOneThing(error)) throw error;
      return { why: error.status === 404 ? 'is gone' : `cannot be had: ${error.message}` };
    }
  };
}
