import type { Reinforcement } from '../platform.ts';
import { trainerReinforcement } from '../trainer/reinforcement.ts';
import type { SageMakerSettings } from './settings.ts';

/** In a container the trainers' rewards; recipes are rewarded by what the connection names, whatever the run's grader is. */
export function reinforcementOf({ training }: SageMakerSettings): Reinforcement {
  if (!('serverless' in training)) return trainerReinforcement(training.tuning);
  const { reward } = training.serverless;
  return {
    objection: () =>
      reward
        ? undefined
        : "SageMaker's recipes are rewarded by a function or a judge, and training.serverless.reward of the connection names none.",
  };
}
