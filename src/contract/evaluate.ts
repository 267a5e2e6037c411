import type { ArtifactRef } from './artifact.ts';
import type { RunConfig } from './config.ts';
import type { Comparison, ModelEvaluation } from './evaluation.ts';

/** The workflow type of an evaluation without a run. */
export const evaluateType = 'evaluate';

/** What the workflow `evaluate` is started with. */
export interface EvaluateRequest
  extends Pick<RunConfig, 'method' | 'seed' | 'evaluation' | 'budgetUsd' | 'pollSeconds'> {
  /**
   * The first is the one that the others are compared with. `CONNECTION/MODEL` names one at a platform, `NAME` the champion
   * of a registered model, `NAME@VERSION` one of its versions.
   */
  models: string[];
  /** The examples that each is asked. */
  data: string;
  /** Where the examples come from that `evaluation.prompted` shows. */
  train?: string | undefined;
}

/** One model of an evaluation. */
export interface EvaluatedModel {
  /** As it was asked for; of the first with examples in its prompt `NAME, prompted`. */
  name: string;
  connection: string;
  /** The platform's id. */
  model: string;
  evaluation: ModelEvaluation;
}

/** A model set against the first, on the same examples. */
export interface ComparedWithFirst
  extends Pick<Comparison, 'difference' | 'fixed' | 'broken' | 'pValue' | 'ungraded' | 'atWorst' | 'scores'> {
  name: string;
  /** By Holm, for as many as were compared. */
  adjustedPValue: number;
}

export interface EvaluateResult {
  examples: number;
  models: EvaluatedModel[];
  /** In the order of the models, without the first. */
  comparisons: ComparedWithFirst[];
  /** Of the data, a sentence each. */
  warnings: string[];
  /** US dollars at list prices, judges included; what was asked before costs nothing. */
  cost: { estimatedUsd: number; usd: number };
  /** JSON: the request, these figures, and for each comparison slices, confusions and regressions. */
  report: ArtifactRef;
}
