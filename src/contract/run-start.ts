import type { Priority } from '@temporalio/common';
import type { FineTuneInput } from './run.ts';

/** Bytes that Temporal takes. */
const longestFairnessKey = 64;

/** One line that tells a run from the others in the Web UI. */
export function runSummary({ config }: FineTuneInput): string {
  return `Tune ${config.model} on ${config.data.train} (${config.connection})`;
}

/** Where tasks queue up Temporal serves urgent runs first, and base models in turns. */
export function runPriority({ config }: FineTuneInput): Priority {
  return { priorityKey: config.priority, fairnessKey: config.model.slice(0, longestFairnessKey) };
}
