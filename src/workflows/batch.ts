import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { ArtifactRef } from '../contract/artifact.ts';
import { evaluationCost } from '../contract/cost.ts';
import { activities } from './activities.ts';
import { evaluationEnded } from './failures.ts';
import type { EvaluationInput, EvaluationTarget } from './targets.ts';
import { unlessLost } from './telling.ts';

type Asked = Parameters<typeof activities.askByBatch>[1];
type Answered = Awaited<ReturnType<typeof activities.askByBatch>>;

/**
 * What a model answers to the examples by batch, where the run wants that and the platform has it. A batch that is not waited
 * for is stopped and seen stopped; what it has answered is kept, and what it has not is left to be asked one by one. Of a
 * cancelled one it is told what it has cost, US dollars.
 */
export async function answersByBatch(
  evaluation: EvaluationInput,
  target: EvaluationTarget,
  stopped: (usd: number) => Promise<void>,
): Promise<ArtifactRef | undefined> {
  const { role, model } = target;
  const asked = askedOf(evaluation, target);
  if (!asked) return undefined;
  let answered: Answered;
  try {
    answered = await activities.askByBatch(`Ask ${model} (${role}) by batch`, asked);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    // One that was told to end may be lost before it says so.
    if (isCancellation(error) || CancellationScope.current().consideredCancelled) {
      await stopped(await stopBatches(evaluation, target));
      throw isCancellation(error) ? error : evaluationEnded();
    }
    answered = await stop(asked, role);
  }
  await removeFiles(asked, role, answered);
  return answered?.answers;
}

/** Stops the batches of a model and sees them stopped. What they have answered is kept; answers what that has cost, US dollars. */
export async function stopBatches(evaluation: EvaluationInput, target: EvaluationTarget): Promise<number> {
  const { role, prices } = target;
  const asked = askedOf(evaluation, target);
  if (!asked) return 0;
  const answered = await stop(asked, role);
  await removeFiles(asked, role, answered);
  return answered ? evaluationCost({ ...answered.used, batched: answered.used }, prices) : 0;
}

/** Undefined where nothing is asked by batch. */
function askedOf(input: EvaluationInput, target: EvaluationTarget): Asked | undefined {
  const { method, test, evaluation, seed, key, runName, since, pollSeconds } = input;
  const { role, connection, model, deployment, shown, dead } = target;
  if (!evaluation.batch || deployment || dead) return undefined;
  const about = { key: `${key}-${role}`, runName, since, pollSeconds, ...(shown ? { shown } : {}) };
  return { connection, model, method, test, evaluation, seed, ...about };
}

async function stop(asked: Asked, role: EvaluationTarget['role']): Promise<Answered> {
  const { model } = asked;
  return await CancellationScope.nonCancellable(() =>
    activities.stopBatches(`Stop the batches of ${model} (${role})`, asked),
  );
}

/** They cost nothing: what cannot be removed within an hour is left. */
async function removeFiles({ connection, key }: Asked, role: EvaluationTarget['role'], answered: Answered) {
  const files = { connection, key, fileIds: answered?.fileIds ?? [], fileMayExist: false, batch: true };
  const remove = async () =>
    await unlessLost(activities.removeFiles(`Remove the files of the batches of ${role}`, files));
  await CancellationScope.nonCancellable(remove);
}
