import { z } from 'zod';
import { TunewrightError } from './errors.ts';
import { describeIssues } from './issues.ts';
import type { MigrationOrder, MigrationRequest } from './migration.ts';

/** Fields of a run that a migration sets itself, by what says them. */
const own = {
  connection: 'said by connection, on the command line --to',
  model: 'said by baseModel, on the command line --to',
  method: "the old model's",
  data: 'said by train and heldOut, on the command line --train and --held-out',
  register: 'said by model: the result becomes a version of what is carried over',
};

const text = z.string().min(1);

const schema = z.strictObject({
  model: text,
  connection: text,
  baseModel: text,
  otherBases: z.array(text).optional(),
  train: text.optional(),
  heldOut: text.optional(),
  distil: z.strictObject({ inputs: text.optional(), budgetUsd: z.number().min(0).optional() }).optional(),
  margin: z.number('expected a share from 0 to 1: 0.02 is two points').min(0).lt(1),
  budgetUsd: z.number().positive().optional(),
  // What they hold is checked with the run that they change.
  changes: z
    .looseObject({})
    .superRefine((changes, context) => {
      for (const [field, message] of Object.entries(own)) {
        if (changes[field] !== undefined) context.addIssue({ code: 'custom', path: [field], message });
      }
    })
    .optional(),
});
const orderSchema = schema.omit({ model: true });

/** Throws `invalid_config` naming every problem at once. */
export function checkMigrationRequest(request: MigrationRequest): void {
  check(schema, request);
}

/** The same for what is asked of every model. */
export function checkMigrationOrder(request: MigrationOrder['request']): void {
  check(orderSchema, request);
}

function check(by: z.ZodType, request: unknown): void {
  const { error } = by.safeParse(request);
  if (!error) return;
  throw new TunewrightError('invalid_config', `The migration is not valid:\n${describeIssues(error)}`, {
    advice: 'Mend the fields named; docs/migration.md tells what a migration takes.',
  });
}
