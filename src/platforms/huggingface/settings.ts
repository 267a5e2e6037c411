import { z } from 'zod';
import { catalogueChangesSchema } from '../catalogue.ts';
import { tuningSchema } from '../trainer/tuning.ts';

/** A connection to trainers on one's own machines. */
export const huggingFaceSettingsSchema = z.strictObject({
  platform: z.literal('huggingface'),
  /** A folder that workers and trainers share: data, checkpoints and models lie there. */
  storage: z.string().min(1),
  /** What the trainers poll, in this service's own Temporal namespace. */
  taskQueue: z.string().min(1).default('huggingface'),
  training: tuningSchema.prefault({}),
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
