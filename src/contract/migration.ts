import { defineQuery } from '@temporalio/workflow';
import type { Method, RunConfig, RunConfigInput } from './config.ts';
import type { Distilled, DistilPlan, DistilRequest, ReferencePlan } from './distillation.ts';
import type { LeadTime, Lifetime } from './lifetimes.ts';
import type { Registered, RunStatus } from './run.ts';
import type { Verdict } from './verdict.ts';

/** The workflow types: what plans a migration, does it, and retires the old version when its day has come. */
export const migrationPlanType = 'planMigration';
export const migrationType = 'migrateModel';
export const retirementType = 'retireVersion';
/** What a schedule starts: it migrates what dies soon. */
export const migrationRoundType = 'migrateExpiring';

/** The id of a migration: one at a time for a model and task queue, whoever begins it. */
export function migrationName(taskQueue: string, model: string): string {
  return `migrate-${taskQueue}-${model}`;
}

/** Letters of a run's name. */
const longestRunName = 40;

/** With what the names of a migration's runs begin. */
export function migrationRunName(model: string): string {
  return `migrate-${model}`.slice(0, longestRunName);
}

export function retirementName(taskQueue: string, { model, version }: VersionToRetire): string {
  return `retire-${taskQueue}-${model}-${version}`;
}

export interface MigrationRequest {
  /** The registered model that is to be carried over. */
  model: string;
  /** Where to, and from which base model. */
  connection: string;
  baseModel: string;
  /** Further base models there: each is tried, and the best goes on. */
  otherBases?: string[];
  /** Data of one's own in place of those that the kit or the last run holds. */
  train?: string;
  heldOut?: string;
  /** Has the old model answer what the new one learns. */
  distil?: DistilRequest;
  /** The most that the new model may be shown to lose against the old one: 0.02 is two points. */
  margin: number;
  /** US dollars; twice the estimate when absent. */
  budgetUsd?: number;
  /** Further fields of the run, over what is planned. */
  changes?: Partial<RunConfigInput>;
}

/** What keeps a migration from being begun, and what to do about it. */
export interface Obstacle {
  /**
   * Stable: `same`, `method`, `unpriced`, `dead_end`, `data_gone`, `data`, `images`, `tools`, `distil_method`, `distil_model`,
   * `distil_inputs`, `distil_budget`; or the code of the error by which the run would be refused.
   */
  code: string;
  message: string;
  advice: string;
}

/** What carrying a model over comes to; nothing has been paid yet. */
export interface MigrationPlan {
  model: string;
  from: { version: number; connection: string; modelId: string; baseModel: string; shutdownDate?: string };
  to: { connection: string; platform: string; baseModel: string; shutdownDate?: string; lastJobDate?: string };
  /** Further base models that are tried. */
  others?: OtherBase[];
  method: Method;
  /** The run that does it; absent while there are obstacles. */
  config?: RunConfig;
  obstacles: Obstacle[];
  /** What a person should know, a sentence each. */
  notes: string[];
  train?: { examples: number; tokens: number };
  heldOut?: {
    examples: number;
    /** How many of them were part of what the old model learnt. */
    seen: number;
    /** The old model's own answers to them are recorded: it can be compared with when it is dead. */
    recorded: boolean;
    /** The smallest margin that so many examples can show, if one answer in ten changes. */
    smallestMargin: number;
    /** How many would show the margin asked for. */
    neededForMargin: number;
  };
  /** What the old model is asked before the run: held-out examples, where its answers are not recorded yet. */
  reference?: ReferencePlan;
  /** And what the new one is to learn from its answers. */
  distil?: DistilPlan;
  /** US dollars a million tokens, where they are known. */
  prices?: { old?: Price; new?: Price };
  estimateUsd?: number;
  /** How long its steps take at most, by earlier runs where there are enough; approval where a person is asked. */
  time?: Pick<LeadTime, 'training' | 'evaluation'> & Partial<Pick<LeadTime, 'approval'>>;
  /**
   * Until the old model is shut down, and until no job can be created for the new one; and how many are left of the sooner when
   * it is begun now: below 0 it comes too late.
   */
  days?: { old?: number; lastJob?: number; margin?: number };
}

/** A base model that is tried beside the first one, with its prices where they are known. */
export interface OtherBase {
  baseModel: string;
  shutdownDate?: string;
  lastJobDate?: string;
  price?: Price;
}

/** Why nothing can be begun and what to do, for a failure. */
export function blockedBy({ model, obstacles }: Pick<MigrationPlan, 'model' | 'obstacles'>): {
  message: string;
  advice: string;
} {
  const all = (of: 'message' | 'advice') => obstacles.map((obstacle) => obstacle[of]).join(' ');
  return { message: `"${model}" cannot be carried over: ${all('message')}`, advice: all('advice') };
}

export interface Price {
  training: number;
  input: number;
  output: number;
}

/** What the workflow `migrateModel` is started with. */
export interface MigrationInput {
  /** Part of the names of what it starts. */
  taskQueue: string;
  request: MigrationRequest;
  /** As somebody has read and confirmed it: this is what is run. Made anew when absent. */
  plan?: MigrationPlan;
  /** Nobody has confirmed it: its plan is posted, and so long before anything is paid, hours. */
  graceHours?: number;
}

/** How far a migration has come. */
export interface MigrationProgress {
  model: string;
  to: { connection: string; baseModel: string };
  stage: 'plan' | 'grace' | 'ask' | 'run' | 'done';
  /** ISO time, where it waits before it begins. */
  begins?: string;
  /** What is done; absent until it is made. */
  plan?: MigrationPlan;
  /** What the old model was asked before the run has cost, US dollars at the catalogue's prices. */
  askedUsd?: number;
  distilled?: Distilled;
  /** The name of its run, once that has begun. */
  run?: string;
}

export interface MigrationResult {
  model: string;
  /** The name of the run that has done it. */
  run: string;
  verdict: Pick<Verdict, 'decision' | 'says'>;
  registered?: Registered;
  askedUsd?: number;
  distilled?: Distilled;
  /** The old version is kept to roll back to until then; absent where it stays in service, or no date is known. */
  fallback?: Fallback;
}

export interface Fallback {
  version: number;
  /** YYYY-MM-DD, when its platform shuts it down. */
  until: string;
  /** The workflow that retires it then. */
  retirement: string;
}

export interface VersionToRetire {
  model: string;
  version: number;
}

/** What the workflow `retireVersion` is started with. */
export interface RetirementInput extends VersionToRetire {
  /** YYYY-MM-DD; it is looked at from then on. */
  shutdownDate: string;
  /** The migration that has replaced it. */
  by: string;
}

export interface Retirement extends VersionToRetire {
  retired: boolean;
  /** Why not, as a sentence. */
  reason?: string;
}

/** What a schedule does with each model in service that dies soon. */
export interface MigrationOrder {
  request: Omit<MigrationRequest, 'model'>;
  /** With so many days left it is migrated. */
  withinDays: number;
  /** With so many days left it is told of. */
  warnWithinDays: number;
  graceHours: number;
}

/** What the workflow `migrateExpiring` is started with. */
export interface MigrationRoundInput extends MigrationOrder {
  /** Part of the names of what it starts. */
  taskQueue: string;
}

/** What one round of a schedule has done, by the names of models. */
export interface MigrationRound {
  warned: string[];
  started: string[];
  /** A migration of it goes on. */
  underWay: string[];
  /** It was tried before: a person decides. */
  left: string[];
}

/** A model in service that dies soon, and whether it was tried already to carry this version there. */
export interface DueMigration {
  lifetime: Lifetime;
  tried?: { run: string; status: RunStatus };
}

export const migrationQuery = defineQuery<MigrationProgress>('progress');
