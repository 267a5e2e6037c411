import type { DistilPlan, ReferencePlan } from '../../contract/distillation.ts';
import type { LeadTime } from '../../contract/lifetimes.ts';
import type { MigrationPlan, MigrationRequest, Obstacle } from '../../contract/migration.ts';
import type { Inspection } from '../../datasets/index.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import type { Heritage } from './heritage.ts';

/** What is known of the old model, of the new one's base, and of the data. */
export interface Facts {
  request: MigrationRequest;
  from: MigrationPlan['from'];
  platform: string;
  /** Methods by which the platform's adapter trains. */
  methods: readonly string[];
  /** Fewer are not trained on. */
  minimumExamples: number;
  /** The catalogue's word on either model; undefined when it knows nothing. */
  old: ModelEntry | undefined;
  base: ModelEntry | undefined;
  heritage: Heritage;
  /** Of the training data, by the limits of the new base; absent where there are none. */
  train?: Inspection;
  heldOut?: Inspection;
  /** What the old model is asked, where it is to answer. */
  distil?: DistilPlan;
  /** What it is asked for the comparison, where that is not recorded; or why it cannot be, as a sentence. */
  reference?: ReferencePlan | string;
  /** The new platform answers under deployments alone, and nothing says that this model's versions are to stand under one. */
  unserved: boolean;
  /** Base models at the new connection that the catalogue knows. */
  bases: readonly string[];
  /** What was found to be in the way while these were gathered. */
  found: readonly Obstacle[];
  /** How long the steps of a migration take. */
  lead: LeadTime;
  /** YYYY-MM-DD. */
  today: string;
}
