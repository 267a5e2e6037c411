import { CancellationScope } from '@temporalio/workflow';
import type { MigrationInput, MigrationResult } from '../../contract/migration.ts';
import { Course } from './course.ts';
import { keepFallback } from './fallback.ts';
import { prepared } from './prepare.ts';
import { endOf, startRun } from './run.ts';

/**
 * Carries a registered model to another base or platform by an ordinary run, which promotes what it has made where that is
 * shown to be no worse. The old version then stays the one to roll back to, and is retired on its day of death.
 */
export async function migrateModel(migration: MigrationInput): Promise<MigrationResult> {
  const { request, taskQueue } = migration;
  const course = new Course(request);
  const { from, run, result } = await course.go(async () => {
    const { from, input } = await prepared(course, migration);
    const begun = course.begun(await startRun(input));
    return { from, run: begun.workflowId, result: await endOf(begun) };
  });
  const { registered, verdict } = result;
  // A cancellation that comes after the end of the run takes nothing back.
  const fallback = await CancellationScope.nonCancellable(() => keepFallback(from, registered, taskQueue));
  course.now.stage = 'done';
  const { askedUsd, distilled } = course.now;
  const { decision, says } = verdict;
  return {
    ...{ model: request.model, run, verdict: { decision, says } },
    ...(registered ? { registered } : {}),
    ...(askedUsd === undefined ? {} : { askedUsd }),
    ...(distilled ? { distilled } : {}),
    ...(fallback ? { fallback } : {}),
  };
}
