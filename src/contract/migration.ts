import type { Method, RunConfigInput } from './config.ts';

/** The workflow type that plans a migration. */
export const migrationPlanType = 'planMigration';

export interface MigrationRequest {
  /** The registered model that is to be carried over. */
  model: string;
  /** Where to, and from which base model. */
  connection: string;
  baseModel: string;
  /** Data of one's own in place of those that the kit or the last run holds. */
  train?: string;
  heldOut?: string;
  /** The most that the new model may be shown to lose against the old one: 0.02 is two points. */
  margin: number;
  /** US dollars; twice the estimate when absent. */
  budgetUsd?: number;
  /** Further fields of the run, over what is planned. */
  changes?: Partial<RunConfigInput>;
}

/** What keeps a migration from being begun, and what to do about it. */
export interface Obstacle {
  /** Stable: `data_gone`, `method`, `data`, `dead_end`, `unpriced`, `same`. */
  code: string;
  message: string;
  advice: string;
}

/** What carrying a model over comes to; nothing has been paid yet. */
export interface MigrationPlan {
  model: string;
  from: { version: number; connection: string; modelId: string; baseModel: string; shutdownDate?: string };
  to: { connection: string; platform: string; baseModel: string; shutdownDate?: string; lastJobDate?: string };
  method: Method;
  /** The run that does it; absent while there are obstacles. */
  config?: RunConfigInput;
  obstacles: Obstacle[];
  /** What a person should know, a sentence each. */
  notes: string[];
  train?: { examples: number; tokens: number };
  heldOut?: {
    examples: number;
    /** They were part of what the old model learnt. */
    seen: boolean;
    /** The old model's own answers to them are recorded: it can be compared with when it is dead. */
    recorded: boolean;
    /** The smallest margin that so many examples can show, if one answer in ten changes. */
    smallestMargin: number;
    /** How many would show the margin asked for. */
    neededForMargin: number;
  };
  /** US dollars a million tokens, where they are known. */
  prices?: { old?: Price; new?: Price };
  estimateUsd?: number;
  /** Until the old model is shut down, and until no job can be created for the new one. */
  days?: { old?: number; lastJob?: number };
}

export interface Price {
  training: number;
  input: number;
  output: number;
}
