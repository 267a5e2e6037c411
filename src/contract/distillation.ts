import type { ArtifactRef } from './artifact.ts';

/** Has the old model answer while it lives: its answers are what the new one learns. */
export interface DistilRequest {
  /** Where the inputs are: chat examples, with an answer, which is dropped, or without. The training data's when absent. */
  inputs?: string;
  /** US dollars for the answers at most: as many inputs are asked as it bears. All of them when absent. */
  budgetUsd?: number;
}

/** A registered version that is asked, where, and by which name. */
export interface AskedModel {
  version: number;
  connection: string;
  modelId: string;
  baseModel: string;
  /** Under which it is asked, where models are deployed. */
  deployment?: string;
}

/** Held-out examples that it is asked first: it can be compared with when it is dead by then. */
export interface ReferencePlan extends AskedModel {
  heldOut: ArtifactRef & { examples: number };
}

/** What a version has answered while it lived: a `Prediction` for each held-out example. */
export interface Reference {
  version: number;
  heldOut: ArtifactRef;
  answers: ArtifactRef;
}

/** What will be asked of the old model. */
export interface DistilPlan extends AskedModel {
  /** Chat examples that end with what a user says, JSON lines. */
  inputs: ArtifactRef & { examples: number };
  /** What the answers add to the training data: the others take the place of what is there. Tokens by the old model's count. */
  added: { examples: number; tokens: number };
  /** Training data which the answers are joined to; absent where they are gone. */
  train?: ArtifactRef;
  /** What was given and is not asked. */
  leftOut: {
    /** A held-out example asks it too, or nearly. */
    heldOut: number;
    repeated: number;
    /** The budget does not bear it. */
    overBudget: number;
  };
  maxOutputTokens: number;
  seed: number;
  /** US dollars, at the catalogue's prices. */
  expectedUsd: number;
  atMostUsd: number;
}

/** What an answer lacks to be learnt. */
export type Unfit = 'empty' | 'cutOff' | 'refusal' | 'unanswered';

/** Where training data come from that a model has answered. */
export interface Distilled {
  version: number;
  connection: string;
  modelId: string;
  asked: number;
  /** Answers that are learnt. */
  answers: number;
  /** Of what was asked: answers that are left out. */
  unfit: Record<Unfit, number>;
  /** It was shut down before it had answered all. */
  died?: true;
  /** US dollars, at the catalogue's prices. */
  usd: number;
  /** All that is learnt: the answers, and the training data whose questions were not asked. */
  train: ArtifactRef & { examples: number };
}
