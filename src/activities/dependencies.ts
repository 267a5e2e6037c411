import type { ArtifactStore } from '../artifacts/index.ts';
import type { Platforms } from '../platforms/registry.ts';

/** What the activities of a worker work with. */
export interface Dependencies {
  platforms: Platforms;
  store: ArtifactStore;
  /** Relative data paths start here. */
  dataDirectory: string;
  /** Aborted when the worker is told to end: what takes long is handed over to another one. */
  ending: AbortSignal;
}
