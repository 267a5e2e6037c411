import { isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { RunConfig } from '../../contract/config.ts';
import { blockedBy, type MigrationInput, type MigrationPlan } from '../../contract/migration.ts';
import type { FineTuneInput } from '../../contract/run.ts';
import { failureOf, namedFailure } from '../failures.ts';
import { asked } from './ask.ts';
import type { Course } from './course.ts';
import { planMigration } from './plan.ts';
import { tellBlocked, tellPlanned } from './told.ts';

const hourMs = 3_600_000;

export interface Prepared {
  from: MigrationPlan['from'];
  /** What the run is started with. */
  input: FineTuneInput;
}

/** All that comes before the run: a plan, time for people to stop it where none has confirmed it, and the old model's answers. */
export async function prepared(
  course: Course,
  { request, plan: confirmed, graceHours }: MigrationInput,
): Promise<Prepared> {
  try {
    const plan = confirmed ?? (await planMigration(request));
    course.now.plan = plan;
    const config = configOf(plan);
    if (graceHours !== undefined) await grace(course, plan, graceHours);
    return { from: plan.from, input: await asked(course, config, plan) };
  } catch (error) {
    const unseen = graceHours !== undefined && !isCancellation(error);
    if (unseen) await tellBlocked(request.model, workflowInfo().runId, failureOf(error));
    throw error;
  }
}

/** Throws `migration_blocked`: nothing has been paid. */
function configOf(plan: MigrationPlan): RunConfig {
  if (plan.config) return plan.config;
  const { message, advice } = blockedBy(plan);
  throw namedFailure('migration_blocked', message, advice);
}

async function grace(course: Course, plan: MigrationPlan, hours: number): Promise<void> {
  const begins = new Date(Date.now() + hours * hourMs).toISOString();
  Object.assign(course.now, { stage: 'grace', begins });
  await tellPlanned(plan, begins);
  await sleep(hours * hourMs, { summary: 'Time to stop it' });
}
