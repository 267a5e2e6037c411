import type { Try } from '../contract/tries.ts';

/** What a try is made of, as `stand-in-mini, 3 epochs, learning rate x2`; what is left to the platform is left out. */
export function settingsOf({ baseModel, hyperparameters, seed }: Try): string {
  const { epochs, batchSize, learningRateMultiplier, beta = 'auto' } = hyperparameters;
  const told = [
    epochs !== 'auto' && `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`,
    batchSize !== 'auto' && `batch size ${batchSize}`,
    learningRateMultiplier !== 'auto' && `learning rate x${learningRateMultiplier}`,
    beta !== 'auto' && `beta ${beta}`,
    seed !== 1 && `seed ${seed}`,
  ];
  return [baseModel, ...told].filter(Boolean).join(', ');
}
