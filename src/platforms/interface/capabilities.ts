import type { Method } from '../../contract/config.ts';

/** What a platform can do: declared, so that the workflow adapts to it and never asks which platform it is. */
export interface Capabilities {
  /** What its adapter trains by; which of these a model takes says the catalogue. */
  methods: readonly Method[];
  /** A running job can be paused and resumed; while it is paused its checkpoints answer, and nothing of it costs more. */
  pause: boolean;
  /** Milliseconds by which a listing may lag behind a creation: how long a lost create is looked for before it is repeated. */
  listLagMs: number;
  /** Milliseconds for which a name that was just created may answer "not found". */
  modelReadyMs: number;
  /**
   * Of a job's key there is no second: a create whose answer was lost need not be looked for, it is made again and finds the
   * first.
   */
  uniqueKeys: boolean;
  /** Events about jobs are pushed, for `verifyWebhook`. */
  webhooks: boolean;
}
