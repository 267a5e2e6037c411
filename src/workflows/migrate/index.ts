import { CancellationScope } from '@temporalio/workflow';
import type { RunConfig } from '../../contract/config.ts';
import { blockedBy, type MigrationInput, type MigrationPlan, type MigrationResult } from '../../contract/migration.ts';
import { namedFailure } from '../failures.ts';
import { Course } from './course.ts';
import { keepFallback } from './fallback.ts';
import { planMigration } from './plan.ts';
import { endOf, startRun } from './run.ts';

/**
 * Carries a registered model to another base or platform by an ordinary run, which promotes what it has made where that is
 * shown to be no worse. The old version then stays the one to roll back to, and is retired on its day of death.
 */
export async function migrateModel({ request, plan: confirmed }: MigrationInput): Promise<MigrationResult> {
  const course = new Course(request);
  const { from, run, result } = await course.go(async () => {
    const plan = confirmed ?? (await planMigration(request));
    Object.assign(course.now, { from: plan.from, notes: plan.notes });
    const begun = course.begun(await startRun(configOf(plan)));
    return { from: plan.from, run: begun.workflowId, result: await endOf(begun) };
  });
  const { registered, verdict } = result;
  // A cancellation that comes after the end of the run takes nothing back.
  const fallback = await CancellationScope.nonCancellable(() => keepFallback(from, registered));
  course.now.stage = 'done';
  const { decision, says } = verdict;
  return {
    ...{ model: request.model, run, verdict: { decision, says } },
    ...(registered ? { registered } : {}),
    ...(fallback ? { fallback } : {}),
  };
}

/** Throws `migration_blocked`: nothing has been paid. */
function configOf(plan: MigrationPlan): RunConfig {
  if (plan.config) return plan.config;
  const { message, advice } = blockedBy(plan);
  throw namedFailure('migration_blocked', message, advice);
}
