import type { FineTuneInput, ParentRun, RetrainChanges } from './run.ts';

/** The input of the run that continues another one with changed data or settings. */
export function nextAttempt(input: FineTuneInput, changes: RetrainChanges, parent: ParentRun): FineTuneInput {
  const { config } = input;
  return {
    config: {
      ...config,
      model: changes.model ?? config.model,
      seed: changes.seed ?? config.seed,
      data: { ...config.data, ...changes.data },
      hyperparameters: { ...config.hyperparameters, ...changes.hyperparameters },
    },
    attempt: input.attempt + 1,
    parent,
    ...(input.reference && changes.data === undefined ? { reference: input.reference } : {}),
    ...(input.distilled && changes.data?.train === undefined ? { distilled: input.distilled } : {}),
  };
}
