import { z } from 'zod';
import { catalogueChangesSchema } from '../catalogue.ts';

/** A connection to trainers on one's own machines. */
export const huggingFaceSettingsSchema = z.strictObject({
  platform: z.literal('huggingface'),
  /** A folder that workers and trainers share: data, checkpoints and models lie there. */
  storage: z.string().min(1),
  /** What the trainers poll, in this service's own Temporal namespace. */
  taskQueue: z.string().min(1).default('huggingface'),
  training: z
    .strictObject({
      method: z.enum(['full', 'lora']).default('lora'),
      loraRank: z.int().positive().default(16),
      /** Before the run's multiplier; the method's usual one when absent. */
      learningRate: z.number().positive().optional(),
      /** Where a run says `auto`. */
      epochs: z.int().positive().default(3),
      batchSize: z.int().positive().default(8),
      /** Longer examples are cut. */
      maxTokens: z.int().positive().default(2048),
      gradientAccumulation: z.int().positive().default(1),
      /** About so many are saved on the way, so that a trainer that dies loses little; the last ones are kept. */
      checkpoints: z.int().min(2).default(20),
      keepCheckpoints: z.int().positive().default(2),
    })
    .prefault({}),
  serving: z
    .strictObject({
      /** A model that is still served after that is put down: idle machines cost money. */
      hours: z.number().positive().default(24),
      /** What one costs while it is served, US dollars an hour. */
      hourlyUsd: z.number().min(0).optional(),
    })
    .prefault({}),
  /** After so much silence a trainer is taken for dead, and another one goes on from its last checkpoint. */
  heartbeatSeconds: z.number().min(2).default(30),
  timeoutSeconds: z.number().positive().default(60),
  /** Limits, and models that are not as others: prices among them. */
  catalogue: catalogueChangesSchema.optional(),
});
export type HuggingFaceSettings = z.infer<typeof huggingFaceSettingsSchema>;
