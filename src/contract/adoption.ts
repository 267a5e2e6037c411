import { defineQuery } from '@temporalio/workflow';
import type { ArtifactRef } from './artifact.ts';

/** The workflow type of an adoption. */
export const adoptionType = 'adopt';

/** Its id: one at a time for a connection, or for all of them, and task queue. */
export function adoptionName(taskQueue: string, connection: string | undefined): string {
  return connection === undefined ? `adopt-${taskQueue}` : `adopt-${taskQueue}-${connection}`;
}

export interface AdoptionRequest {
  /** Every connection that can list its account and whose key is set, when absent. */
  connection?: string;
  /** What the models' own answers to the held-out examples may cost together, US dollars; 0 asks nothing. */
  budgetUsd: number;
  /** Only these, by the platform's ids. */
  models?: string[];
  /** Where the examples are that models without a validation file are asked. */
  heldOut?: string;
  /** Reads and estimates; records and asks nothing. */
  dryRun: boolean;
  /** Who adopts. */
  by: string;
}

/** What an account was found to hold. */
export interface FoundAccount {
  connection: string;
  jobs: number;
  files: number;
  /** Tuned models, those of which only the job is left among them. */
  models: number;
  /** Files that no job names. */
  unusedFiles: number;
  /** Models that runs have registered: they are left as they are. */
  registeredByRuns: number;
}

/** How far an adoption has come. Money in US dollars, at the catalogue's prices. */
export interface AdoptionProgress {
  stage: 'list' | 'pack' | 'ask' | 'sum up';
  accounts: FoundAccount[];
  /** Why a connection was passed over, a sentence each. */
  passedOver: string[];
  /** Registered models: fine-tunes of one suffix and base family are versions of one. */
  names: number;
  packed: number;
  /** Versions that were registered, whose kit has become fuller, and of which nothing has changed. */
  adopted: number;
  fuller: number;
  known: number;
  /** For the answers that are still to be had, and the most that they can cost. */
  expectedUsd: number;
  atMostUsd: number;
  asked: number;
  /** Models that were not asked because the most that their answers can cost was not left of the budget. */
  overBudget: number;
  spentUsd: number;
}

/** One version as the adoption has left it. */
export interface AdoptedModel {
  name: string;
  /** Absent in a dry run for what is not registered. */
  version?: number;
  champion: boolean;
  connection: string;
  modelId: string;
  baseModel: string;
  /** YYYY-MM-DD, where it is known. */
  shutdownDate?: string;
  train?: number;
  heldOut?: number;
  /** How many of the held-out examples were part of the training, where any was. */
  seen?: number;
  /** Of the model's own answers. */
  answers?: { examples: number; passed: number };
  /** What could not be had any more, a sentence each. */
  gone: string[];
}

export interface AdoptionResult extends AdoptionProgress {
  /** `AdoptedModel[]` as JSON. */
  models: ArtifactRef;
}

export const adoptionQuery = defineQuery<AdoptionProgress>('progress');
