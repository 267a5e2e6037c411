import type { ArtifactStore } from '../artifacts/index.ts';
import type { Platforms } from '../platforms/registry.ts';

/** What the activities of a worker work with. */
export interface Dependencies {
  platforms: Platforms;
  store: ArtifactStore;
  /** Relative data paths start here. */
  dataDirectory: string;
  /** Hosts and origins from which data may be read. */
  dataHosts: readonly string[];
  /** Aborted when the worker is told to end: what takes long is handed over to another one. */
  ending: AbortSignal;
}
