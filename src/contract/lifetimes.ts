import type { Alias } from './registry.ts';

/** The workflow type of the scheduled check of what dies soon. */
export const expiringCheckType = 'checkExpiring';

/** A version in service, and how long it is yet. Days are UTC, YYYY-MM-DD. */
export interface Lifetime {
  model: string;
  version: number;
  /** `champion` before `candidate`. */
  alias: Alias;
  owner?: string;
  connection: string;
  /** The platform's id of the tuned model. */
  modelId: string;
  baseModel: string;
  /** From this day on it does not answer: the earliest that the platform, its record or the catalogue names. */
  shutdownDate?: string;
  /** Until then; 0 from that day on. */
  daysLeft?: number;
  /** The platform does not know it any more. */
  gone?: true;
  /** The last day on which a job for its base model can be created. */
  lastJobDay?: string;
  /** The last day on which a migration can begin and be done in time, in every of its steps. */
  startBy?: string;
  /** What could take its place, the best first. */
  replacements: Replacement[];
  /** Why its platform could not be asked: then the record and the catalogue speak alone. */
  trouble?: string;
}

/** A model that a configured connection can tune by the same method and that lives longer. */
export interface Replacement {
  connection: string;
  /** `*` for any that the platform can load. */
  model: string;
  shutdownDate?: string;
  lastJobDay?: string;
  contextTokens: number;
  /** US dollars a million tokens; absent where prices are the account's own. */
  prices?: { training: number; input: number; output: number };
}

/** How long the steps of a migration take, hours. */
export interface LeadTime {
  training: StepTime;
  evaluation: StepTime;
  approval: StepTime;
}

export interface StepTime {
  hours: number;
  /** The longest of so many past runs; absent where there are too few, and a default stands in. */
  runs?: number;
}

export interface Lifetimes {
  /** The day that is counted from. */
  today: string;
  lead: LeadTime;
  /** Those that die first come first; those of which no date is known are last. */
  versions: Lifetime[];
}
