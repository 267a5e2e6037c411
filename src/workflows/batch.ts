import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { ArtifactRef } from '../contract/artifact.ts';
import { activities } from './activities.ts';
import type { Target } from './evaluation.ts';
import { evaluationCost } from './rules.ts';
import type { Run } from './run.ts';
import { unlessLost } from './telling.ts';

type Examples = Parameters<typeof activities.askByBatch>[1]['test'];

/**
 * What a model answers to the examples by batch, where the run wants that and the platform has it. A batch that is not waited
 * for is stopped and seen stopped; what it has answered is kept, and what it has not is left to be asked one by one.
 */
export async function answersByBatch(run: Run, target: Target, test: Examples): Promise<ArtifactRef | undefined> {
  const { method, evaluation, seed, pollSeconds } = run.input.config;
  const { role, connection, model, prices, shown, dead } = target;
  if (!evaluation.batch || target.deploys || dead) return undefined;
  const key = `${run.key}-${role}`;
  const about = { key, runName: run.progress.now.name, since: run.since, pollSeconds, ...(shown ? { shown } : {}) };
  const input = { connection, model, method, test, evaluation, seed, ...about };
  let answered: Awaited<ReturnType<typeof activities.askByBatch>>;
  try {
    answered = await activities.askByBatch(`Ask ${model} (${role}) by batch`, input);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const stop = () => activities.stopBatches(`Stop the batches of ${model} (${role})`, input);
    answered = await CancellationScope.nonCancellable(stop);
    if (isCancellation(error)) {
      if (answered) run.progress.evaluated(evaluationCost({ ...answered.used, batched: answered.used }, prices));
      await removeFiles(answered);
      throw error;
    }
  }
  await removeFiles(answered);
  return answered?.answers;

  /** They cost nothing: what cannot be removed within an hour is left. */
  async function removeFiles({ fileIds }: { fileIds: string[] } = { fileIds: [] }): Promise<void> {
    const files = { connection, key, fileIds, fileMayExist: false, batch: true };
    const remove = async () =>
      await unlessLost(activities.removeFiles(`Remove the files of the batches of ${role}`, files));
    await CancellationScope.nonCancellable(remove);
  }
}
