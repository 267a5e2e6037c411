import type { EvaluationItem } from './sample.ts';

/** One held-out example; what else a caller needs to ask it (messages, tools) stands beside these fields. */
export interface Question {
  /** Position in the held-out file, from 0. */
  readonly index: number;
  readonly item: EvaluationItem;
  /** Its values of the fields by which results are told apart. */
  readonly slices?: Record<string, string> | undefined;
  /** The example before it that asks and answers the same. */
  readonly repeats?: number | undefined;
}
