import { z } from 'zod';
import { dataSchema, hyperparameterSchemas } from './config.ts';
import { TunewrightError } from './errors.ts';
import { describeIssues } from './issues.ts';
import type { RetrainRequest } from './run.ts';

/** What a retraining changes, as callers pass it; what is absent stays as it was. */
export const retrainSchema = z.strictObject({
  changes: z
    .strictObject({
      data: dataSchema.partial(),
      hyperparameters: z.strictObject(hyperparameterSchemas).partial(),
      seed: z.int().min(0),
      model: z.string().min(1),
    })
    .partial()
    .default({}),
  currentJob: z.enum(['stop', 'keep']).default('stop'),
});
export type RetrainInput = z.input<typeof retrainSchema>;

/** Throws `invalid_config` naming every problem at once. */
export function parseRetrainRequest(input: RetrainInput): RetrainRequest {
  const parsed = retrainSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new TunewrightError('invalid_config', `The retraining is not valid:\n${describeIssues(parsed.error)}`, {
    advice: 'Mend the fields named; docs/runs.md tells what a retraining may change.',
  });
}
