import type { Try } from '../../src/contract/tries.ts';

/** A try that was trained. */
export function tried(changes: Partial<Try> = {}): Try {
  return {
    name: 'usual',
    workflow: 'support-k7fm.try-1',
    baseModel: 'gpt-small',
    hyperparameters: { epochs: 'auto', batchSize: 'auto', learningRateMultiplier: 'auto' },
    seed: 1,
    status: 'trained',
    cost: { estimatedUsd: 5 },
    ...changes,
  };
}
