import type { FineTuneInput } from '../contract/run.ts';
import type { Control } from './control.ts';
import type { Progress } from './progress.ts';
import type { Prices } from './rules.ts';

/** What a run knows of itself while it goes on. */
export interface Run {
  readonly input: FineTuneInput;
  readonly progress: Progress;
  readonly control: Control;
  /** Every remote create of the run carries it. */
  readonly key: string;
  /** No job of the run can be older, in milliseconds. */
  readonly since: number;
  /** Ids of the files uploaded for this run only. */
  readonly files: string[];
  /** Set before the first remote create of each kind: from then on the platform may hold something of this run. */
  uploadBegun: boolean;
  createBegun: boolean;
  /** Known from the estimate on. */
  prices: Prices | undefined;
}
