import type { ArtifactStore } from '../artifacts/index.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import { decodePredictions, type Prediction, type Stream } from './prediction.ts';

/** One model's evaluation with the predictions it stands for. */
export interface GradedModel {
  evaluation: ModelEvaluation;
  predictions: Stream<Prediction>;
}

/** A model's evaluation with its predictions, read from the store when they are wanted. */
export function gradedModel(store: ArtifactStore, evaluation: ModelEvaluation): GradedModel {
  return { evaluation, predictions: decodePredictions(store.read(evaluation.predictions)) };
}

/** The predictions of all models, an example at a time. Throws `evaluation_incomplete` where they are not of the same examples. */
export async function* inStep(models: readonly GradedModel[]): AsyncGenerator<[Prediction, ...Prediction[]]> {
  const streams = models.map(({ predictions }) => iterate(predictions));
  try {
    for (;;) {
      const results = await Promise.all(streams.map(async (stream) => await stream.next()));
      const predictions = results.flatMap(({ value }) => value ?? []);
      const [first] = predictions;
      if (!first) return;
      if (predictions.length < models.length) {
        const longer = models[results.findIndex(({ value }) => value)]?.evaluation.model;
        const shorter = models[results.findIndex(({ value }) => !value)]?.evaluation.model;
        throw differ(`${longer} has predictions for more examples than ${shorter}.`);
      }
      const other = predictions.findIndex(
        ({ index, reference }) => index !== first.index || reference !== first.reference,
      );
      if (other > 0) {
        const [one, two] = [models[0], models[other]].map((model) => model?.evaluation.model);
        throw differ(`Example ${first.index} of ${one} is not example ${predictions[other]?.index} of ${two}.`);
      }
      yield [first, ...predictions.slice(1)];
    }
  } finally {
    await Promise.all(streams.map(async (stream) => await stream.return(undefined)));
  }
}

async function* iterate<T>(stream: Stream<T>): AsyncGenerator<T, undefined> {
  yield* stream;
  return undefined;
}

/** The models were not asked the same. */
export function differ(message: string): TunewrightError {
  return incomplete(message, 'Evaluate all models on the same held-out file with the same evaluation.maxExamples.');
}

export function incomplete(message: string, advice: string): TunewrightError {
  return new TunewrightError('evaluation_incomplete', message, { advice });
}

export function nothingToCompare(model: string): TunewrightError {
  return incomplete(
    `There are no held-out examples on which ${model} could be evaluated.`,
    'Raise split.test or name a file as data.test, so that at least one example is held out.',
  );
}
