import type OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../platform.ts';
import { named } from './errors.ts';
import { ignoreMissing } from './files.ts';
import { pageShape } from './lists.ts';
import { modelShape } from './shapes.ts';

export function models(client: OpenAI): Pick<TrainingPlatform, 'checkAccess' | 'getModel' | 'deleteModel'> {
  return {
    async checkAccess(signal) {
      await named('Listing the models', async () => pageShape.parse(await client.get<unknown>('/models', { signal })));
    },

    async getModel(id, signal) {
      try {
        const model = await named('Looking at the model', async () =>
          modelShape.parse(await client.models.retrieve(id, { signal })),
        );
        return { id: model.id, shutdownDate: model.shutdown_date ?? undefined };
      } catch (cause) {
        if (!(cause instanceof TunewrightError && cause.status === 404)) throw cause;
        throw new TunewrightError('model_not_found', `The platform has no model "${id}" for this account.`, {
          advice: "Check the name, and that the connection's account may use the model.",
          status: 404,
          cause,
        });
      }
    },

    async deleteModel(id, signal) {
      await ignoreMissing(named('Deleting the model', async () => await client.models.delete(id, { signal })));
    },
  };
}
