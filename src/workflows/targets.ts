import type { ArtifactRef } from '../contract/artifact.ts';
import type { RivalRole } from '../contract/verdict.ts';
import type { activities } from './activities.ts';
import type { Prices } from './rules.ts';

type Examined = Parameters<typeof activities.evaluateModel>[1];
type Batched = Parameters<typeof activities.askByBatch>[1];

/** A model that is asked the examples. */
export interface EvaluationTarget {
  /** Unique among those of one evaluation. */
  role: RivalRole | 'tuned' | `checkpoint-${number}` | `tried-${number}` | `model-${number}`;
  connection: string;
  model: string;
  prices: Prices;
  /** Under which it answers, where models are deployed. */
  deployment?: Examined['deployment'];
  /** Messages that it is shown before each question. */
  shown?: ArtifactRef | undefined;
  /** What it answered while it lived: taken where it is dead, or cannot be asked. */
  recorded?: Examined['recorded'];
  dead?: true | undefined;
}

export interface EvaluationInput
  extends Pick<Examined, 'test' | 'method' | 'evaluation' | 'seed'>,
    Pick<Batched, 'key' | 'runName' | 'since' | 'pollSeconds'> {
  targets: EvaluationTarget[];
}
