import type { JobCreateParams } from 'openai/resources/fine-tuning/jobs';
import type { ReinforcementMethod } from 'openai/resources/fine-tuning/methods';
import type { Method } from '../../contract/config.ts';
import type { JobSpec } from '../platform.ts';
import type { Differences } from './differences.ts';
import { graderOfTheProtocol } from './reinforcement.ts';

/** What jobs of the protocol are made for. */
export const protocolMethods: readonly Method[] = ['supervised', 'dpo', 'reinforcement'];

/** The field `method` of a job, as the endpoint takes it. */
export function methodOf(spec: JobSpec, differences: Differences): JobCreateParams.Method {
  const { method, reward } = spec;
  const hyperparameters = hyperparametersOf(spec, differences);
  switch (method) {
    case 'supervised':
      return { type: method, supervised: { hyperparameters } };
    case 'dpo':
      return { type: method, dpo: { hyperparameters } };
    case 'reinforcement': {
      const grader = differences.reward ?? (reward && graderOfTheProtocol(reward.grader));
      return { type: method, reinforcement: { grader, hyperparameters } as unknown as ReinforcementMethod };
    }
  }
}

function hyperparametersOf(
  { method, hyperparameters }: JobSpec,
  { hyperparameters: more, learningRate, lacks = [] }: Differences,
): Record<string, number | 'auto'> {
  const { epochs, batchSize, learningRateMultiplier, beta = 'auto', computeMultiplier = 'auto' } = hyperparameters;
  const own = {
    n_epochs: epochs,
    batch_size: batchSize,
    ...rateOf(learningRateMultiplier, learningRate),
    ...(method === 'dpo' ? { beta } : {}),
    ...(method === 'reinforcement' ? { compute_multiplier: computeMultiplier } : {}),
  };
  const sent = Object.entries(own).filter(([, value]) => value !== 'auto' || !lacks.includes('auto'));
  return { ...Object.fromEntries(sent), ...more };
}

function rateOf(multiplier: number | 'auto', learningRate: number | undefined) {
  if (learningRate === undefined) return { learning_rate_multiplier: multiplier };
  return { learning_rate: learningRate * (multiplier === 'auto' ? 1 : multiplier) };
}
