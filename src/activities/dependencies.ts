import type { ArtifactStore } from '../artifacts/index.ts';
import type { Platforms } from '../platforms/registry.ts';
import type { Records } from '../records/index.ts';

/** What a worker allows graders to run. */
export interface GraderCode {
  /** The interpreter of \`python\` graders. */
  python?: string | undefined;
  /** The folder of the modules of \`module\` graders. */
  modules?: string | undefined;
}

/** What the activities of a worker work with. */
export interface Dependencies {
  platforms: Platforms;
  store: ArtifactStore;
  /** Opened when they are first needed. Throws `records_unavailable`, `records_newer`, `invalid_config`. */
  records(): Promise<Records>;
  /** Where notices are posted to; the secret signs them. */
  notices?: { url: string; secret?: string | undefined } | undefined;
  /** Relative data paths start here. */
  dataDirectory: string;
  /** Hosts and origins from which data may be read. */
  dataHosts: readonly string[];
  /** Code of users that graders may run; none when absent. */
  graderCode?: GraderCode | undefined;
  /** Aborted when the worker is told to end: what takes long is handed over to another one. */
  ending: AbortSignal;
}
