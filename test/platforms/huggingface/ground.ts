import { unique } from '../../support/temporal.ts';
import type { Ground } from '../runs.ts';
import { answersYes, openStorage, remove, startTrainer } from './support.ts';

/** A host that really trains a tiny model; what it serves of it answers `yes`. */
export async function openGround(): Promise<Ground> {
  const storage = await openStorage();
  const taskQueue = unique('trainers');
  const trainer = await startTrainer(storage, taskQueue, ['--serve', answersYes]);
  const training = { method: 'full', maxTokens: 96 };
  return {
    connection: () => ({ platform: 'huggingface', storage, taskQueue, training, heartbeatSeconds: 10 }),
    config: { model: 'tiny', hyperparameters: { epochs: 1 }, evaluation: { maxOutputTokens: 1, maxExamples: 2 } },
    async close() {
      await trainer.kill();
      await remove(storage);
    },
  };
}
