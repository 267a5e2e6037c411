import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { TunewrightError } from '../contract/errors.ts';
import { describeIssues } from '../contract/issues.ts';

const day = z.iso.date();

/** What an example may hold beside text. */
const exampleParts = ['images', 'tools'] as const;

/** What is known of a model, with the date and source of every fact that ages. Prices in US dollars a million tokens. */
export const modelEntrySchema = z.strictObject({
  id: z.string(),
  aliases: z.array(z.string()).default([]),
  methods: z.array(z.string()),
  encoding: z.enum(['o200k_base', 'cl100k_base']),
  /** Longer training examples are cut by the platform. */
  trainingContextTokens: z.int().positive(),
  /** What examples may hold elsewhere, and it is not trained on. */
  without: z.array(z.enum(exampleParts)).optional(),
  /** How fast jobs went that were looked at; absent where nobody has. */
  trainingTokensPerSecond: z.number().positive().optional(),
  /** Absent where they are the account's own. */
  prices: z
    .strictObject({
      training: z.number().min(0),
      input: z.number().min(0),
      output: z.number().min(0),
      checked: day,
      source: z.string(),
    })
    .optional(),
  /** No job can be created from this day on. */
  lastJobDate: day.optional(),
  /** The model and all that was tuned from it stop answering on this day. */
  shutdownDate: day.optional(),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

/** What a batch costs and takes. */
const batchEntrySchema = z.strictObject({
  /** Of the prices of the same questions asked one by one. */
  priceShare: z.number().min(0).max(1),
  mostRequests: z.int().positive(),
  mostBytes: z.int().positive(),
  checked: day,
  source: z.string(),
});
export type BatchEntry = z.infer<typeof batchEntrySchema>;

export const platformEntrySchema = z.strictObject({
  limits: z.strictObject({
    /** Above this an upload is made in parts. */
    fileBytes: z.int().positive(),
    uploadBytes: z.int().positive(),
    partBytes: z.int().positive(),
    parallelParts: z.int().positive(),
    minimumExamples: z.int().positive(),
    /** The most examples of a training and of a validation file, by method. */
    mostExamples: z
      .record(z.string(), z.strictObject({ training: z.int().positive(), validation: z.int().positive() }))
      .optional(),
    /** What of images is trained on; absent where the platform takes none, or says nothing of them. */
    images: z
      .strictObject({
        perExample: z.int().positive(),
        bytes: z.int().positive(),
        types: z.array(z.string()).min(1),
        examples: z.int().positive(),
      })
      .optional(),
    /** Jobs that may wait and train at once; null for any number. */
    jobsAtOnce: z.int().positive().nullable(),
  }),
  models: z.array(modelEntrySchema),
  /** Questions that are answered together; absent where the platform, or what is known of it, has no such thing. */
  batches: batchEntrySchema.optional(),
});
export type MostExamples = NonNullable<z.infer<typeof platformEntrySchema>['limits']['mostExamples']>;
export type PlatformEntry = z.infer<typeof platformEntrySchema>;

/** Limits and models that replace or add to the built-in ones. */
export const catalogueChangesSchema = z.strictObject({
  limits: platformEntrySchema.shape.limits.partial().optional(),
  models: z.array(modelEntrySchema).optional(),
  batches: batchEntrySchema.optional(),
});
export type CatalogueChanges = z.infer<typeof catalogueChangesSchema>;

/** A user's file: changes by platform. */
export const catalogueFileSchema = z.record(z.string(), catalogueChangesSchema);
export type CatalogueFile = z.infer<typeof catalogueFileSchema>;

/** Reads a user's catalogue. Throws `invalid_config`. */
export function readCatalogueFile(path: string): CatalogueFile {
  const advice = 'Point TUNEWRIGHT_CATALOGUE at a JSON file of the shape in docs/catalogue.md.';
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new TunewrightError('invalid_config', `The catalogue ${path} cannot be read.`, { advice, cause });
  }
  const parsed = catalogueFileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new TunewrightError('invalid_config', `The catalogue ${path} is not valid:\n${describeIssues(parsed.error)}`, {
    advice,
  });
}

/** The entry with changes laid over it: models are replaced by id, and an alias means the changes' model first; what is known of batches as a whole. */
export function overlay(entry: PlatformEntry, changes: CatalogueChanges = {}): PlatformEntry {
  const changed = changes.models ?? [];
  const kept = entry.models.filter(({ id }) => !changed.some((model) => model.id === id));
  const batches = changes.batches ?? entry.batches;
  const limits = { ...entry.limits, ...changes.limits };
  return { limits, models: [...changed, ...kept], ...(batches ? { batches } : {}) };
}

/** The entry of a model by id or alias; undefined for one that the catalogue does not know. */
export function findModel(entry: PlatformEntry, id: string): ModelEntry | undefined {
  return entry.models.find((model) => model.id === id || model.aliases.includes(id));
}
