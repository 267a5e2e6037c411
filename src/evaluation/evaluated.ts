import type { ArtifactRef } from '../contract/artifact.ts';
import type { EvaluateRequest, EvaluateResult } from '../contract/evaluate.ts';
import type { ComparedModels } from './compare.ts';

/** Everything worth keeping of an evaluation without a run: stored as JSON, shown to people as HTML and as Markdown. */
export interface EvaluationReport extends Pick<EvaluateResult, 'models' | 'comparisons' | 'warnings' | 'cost'> {
  /** The workflow's id. */
  name: string;
  /** ISO time. */
  endedAt: string;
  /** True when any of the platforms is a simulation. */
  simulated: boolean;
  request: EvaluateRequest;
  /** The file that was asked. */
  test: ArtifactRef;
  /** In the order of the comparisons: in each the first model stands as `base` and the other as `tuned`. */
  details: ({ name: string } & ComparedModels)[];
}
