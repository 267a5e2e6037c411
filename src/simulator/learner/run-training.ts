import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyClassifier, withLabels } from './classifier.ts';
import { classifierLearner } from './classifier-learner.ts';
import { TrainingDataError } from './examples.ts';
import type { Learner } from './learner.ts';
import { likelihood } from './likelihood.ts';
import type { TunedModel } from './model.ts';
import { neighbourLearner, rememberAlso } from './neighbour-learner.ts';
import { createPacer } from './pacer.ts';
import { policy } from './policy.ts';
import { type Compared, compareWith, preference } from './preference.ts';
import { shuffledOrder } from './random.ts';
import { type Reward, rewardOf } from './reward.ts';
import { readTrainingSet, type TrainingSet } from './training-set.ts';
import type { StepMetrics, TrainEvent, TrainRequest } from './types.ts';
import { readValidationSet, validationMetrics } from './validation.ts';
import { loadModel, saveModel } from './weights-file.ts';

/** Step events of one training at most, besides the one at each epoch's end. */
const MOST_REPORTS = 200;

/** A classifier where completions repeat; once a model remembers neighbours, it stays with them. */
function initialModel(set: TrainingSet, earlier: TunedModel | undefined): TunedModel {
  if (earlier?.kind === 'neighbours') return rememberAlso(set, earlier);
  if (set.freeText) return rememberAlso(set);
  if (!earlier) return emptyClassifier(set.completions);
  const known = new Set(earlier.labels);
  return withLabels(
    earlier,
    set.completions.filter((completion) => !known.has(completion)),
  );
}

function learnerOf(
  model: TunedModel,
  set: TrainingSet,
  compared: Compared | undefined,
  reward: Reward | undefined,
): Learner {
  if (reward) {
    if (model.kind === 'classifier') return classifierLearner(model, set.inputs, policy(model, set, reward));
    throw new TrainingDataError(
      'This simulated platform learns by reinforcement where few different answers are hoped for.',
    );
  }
  if (model.kind === 'neighbours') return neighbourLearner(model, set, compared);
  if (compared) return classifierLearner(model, set.inputs, preference(model, set, compared));
  return classifierLearner(model, set.inputs, likelihood(model, set));
}

/**
 * Trains in this thread, which it blocks but for reading and writing files, and yields all events but `error`.
 * Pauses while `flag` says so (see `createPacer`). The same request gives the same events and weights, bit by bit,
 * whether resumed or not. Throws `TrainingDataError` for data it cannot learn from, an Error for files it cannot use
 * and for a training that diverges.
 */
export async function* runTraining(request: TrainRequest, flag: Int32Array): AsyncGenerator<TrainEvent> {
  const { nEpochs, batchSize, learningRateMultiplier, seed } = request.hyperparameters;
  const earlier = request.startFrom === undefined ? undefined : (await loadModel(request.startFrom)).model;
  const resumed = request.resumeFrom === undefined ? undefined : await loadModel(request.resumeFrom);
  const reward = request.grader && rewardOf(request.grader);
  const lines = reward ?? (request.preference ? 'pairs' : 'examples');
  const set = await readTrainingSet(request.trainFile, earlier?.kind === 'classifier' ? earlier.labels : [], lines);
  const compared = request.preference && compareWith(earlier, request.preference);
  const learner = learnerOf(resumed?.model ?? initialModel(set, earlier), set, compared, reward);
  const validation = request.validationFile === undefined ? [] : await readValidationSet(request.validationFile, lines);
  await mkdir(request.checkpointDir, { recursive: true });

  const stepsPerEpoch = Math.ceil(learner.examples / batchSize);
  const totalSteps = stepsPerEpoch * nEpochs;
  const reportEvery = Math.ceil(totalSteps / MOST_REPORTS);
  const firstEpoch = resumed?.progress.epoch ?? 0;
  const pacer = createPacer(flag, request.paceMs ?? 0, firstEpoch / nEpochs);
  let metrics: StepMetrics = resumed?.progress.metrics ?? { step: 0, totalSteps, trainLoss: 0, trainAccuracy: 0 };
  let file = request.resumeFrom ?? '';

  for (let epoch = firstEpoch; epoch < nEpochs; epoch++) {
    const order = shuffledOrder(learner.examples, seed, epoch);
    let since = { loss: 0, accuracy: 0, examples: 0 };
    for (let inEpoch = 1; inEpoch <= stepsPerEpoch; inEpoch++) {
      const step = epoch * stepsPerEpoch + inEpoch;
      const rows = order.subarray((inEpoch - 1) * batchSize, inEpoch * batchSize);
      const score = learner.trainBatch(rows, learningRateMultiplier * (1 - (step - 1) / totalSteps));
      since.loss += score.loss;
      since.accuracy += score.accuracy;
      since.examples += rows.length;
      if (!Number.isFinite(score.loss)) {
        throw new Error(`The training diverged at step ${step}: lower the learning rate multiplier.`);
      }
      pacer.await(step / totalSteps);
      const epochEnds = inEpoch === stepsPerEpoch;
      if (!epochEnds && step % reportEvery !== 0 && step !== 1) continue;
      metrics = {
        step,
        totalSteps,
        trainLoss: since.loss / since.examples,
        trainAccuracy: since.accuracy / since.examples,
        ...validationMetrics(learner, validation, step, batchSize, epochEnds),
      };
      since = { loss: 0, accuracy: 0, examples: 0 };
      yield { type: 'step', metrics };
    }
    file = join(request.checkpointDir, `epoch-${epoch + 1}.weights`);
    await saveModel(file, learner.model(), { epoch: epoch + 1, metrics });
    yield { type: 'checkpoint', epoch: epoch + 1, step: metrics.step, file, metrics };
  }
  yield { type: 'done', file, examples: learner.examples, metrics };
}
