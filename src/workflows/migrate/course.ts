import { allHandlersFinished, CancellationScope, CancelledFailure, condition, setHandler } from '@temporalio/workflow';
import { cancelSignal } from '../../contract/messages.ts';
import { type MigrationProgress, type MigrationRequest, migrationQuery } from '../../contract/migration.ts';
import type { MigrationRun } from './run.ts';

/** A migration under way: what it shows, and what stops it. */
export class Course {
  readonly now: MigrationProgress;
  /** Cancelling it cancels the run, and waits until that has cleaned up. */
  readonly #scope = new CancellationScope();
  #run: MigrationRun | undefined;
  #cancelReason: string | undefined;

  constructor({ model, connection, baseModel }: MigrationRequest) {
    this.now = { model, to: { connection, baseModel }, stage: 'plan' };
    setHandler(migrationQuery, () => this.now);
    setHandler(cancelSignal, async ({ reason }) => await this.#cancel(reason));
  }

  /** From here on a cancellation is told to the run with its reason. */
  begun(run: MigrationRun): MigrationRun {
    this.#run = run;
    Object.assign(this.now, { stage: 'run', run: run.workflowId });
    return run;
  }

  /** Throws as the story does, or as cancelled where that was asked for. */
  async go<T>(story: () => Promise<T>): Promise<T> {
    try {
      return await this.#scope.run(story);
    } catch (error) {
      await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
      if (!this.#scope.consideredCancelled) throw error;
      throw new CancelledFailure(this.#cancelReason ?? 'Cancelled by a request to Temporal.');
    }
  }

  async #cancel(reason: string): Promise<void> {
    this.#cancelReason ??= reason;
    // Temporal's own request may come with it: the reason is told all the same. A run that has ended wants none.
    const told = CancellationScope.nonCancellable(
      () => this.#run?.signal(cancelSignal, { reason }) ?? Promise.resolve(),
    );
    this.#scope.cancel();
    await told.catch(() => undefined);
  }
}
