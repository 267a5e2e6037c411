import { openStorage, remove, startTrainer } from '../platforms/huggingface/support.ts';
import { withTrainers } from '../platforms/trainers.ts';
import { unique } from '../support/temporal.ts';
import { hostingConforms } from './conform.ts';

hostingConforms(
  'huggingface',
  async () => {
    const storage = await openStorage();
    const taskQueue = unique('trainers');
    const trainer = await startTrainer(storage, taskQueue);
    const training = { method: 'full', maxTokens: 96 };
    return {
      connection: () => ({ platform: 'huggingface', storage, taskQueue, training, heartbeatSeconds: 10 }),
      config: { model: 'tiny', hyperparameters: { epochs: 1 }, evaluation: { maxOutputTokens: 1, maxExamples: 2 } },
      async close() {
        await trainer.kill();
        await remove(storage);
      },
    };
  },
  withTrainers,
);
