/** What an endpoint of the protocol may not have; `auto` in a hyperparameter among it. */
export const lackable = ['metadata', 'pause', 'suffix', 'batches', 'auto'] as const;
export type Lackable = (typeof lackable)[number];

/** How an endpoint differs from the protocol. */
export interface Differences {
  /** Fields beside those of the protocol, for every job that is created. */
  jobFields?: Readonly<Record<string, unknown>> | undefined;
  /** Hyperparameters beside those of the protocol. */
  hyperparameters?: Readonly<Record<string, unknown>> | undefined;
  /** Sent, times the run's multiplier, in place of a multiplier. */
  learningRate?: number | undefined;
  /** By what jobs by reinforcement are graded there, in place of the run's reward. */
  reward?: Readonly<Record<string, unknown>> | undefined;
  /** Not sent: an endpoint may refuse what it does not know. */
  lacks?: readonly Lackable[] | undefined;
}
