import type OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { PlatformModel, TrainingPlatform } from '../platform.ts';
import { named } from './errors.ts';
import { ignoreMissing } from './files.ts';
import { pageShape } from './lists.ts';
import { type ModelShape, modelShape } from './shapes.ts';

export function models(
  client: OpenAI,
): Pick<TrainingPlatform, 'checkAccess' | 'listModels' | 'getModel' | 'deleteModel'> {
  return {
    async checkAccess(signal) {
      await named('Listing the models', async () => pageShape.parse(await client.get<unknown>('/models', { signal })));
    },

    async listModels(signal) {
      return await named('Listing the models', async () => {
        const { data } = pageShape.parse(await client.get<unknown>('/models', { signal }));
        return data.map((item) => toModel(modelShape.parse(item)));
      });
    },

    async getModel(id, signal) {
      try {
        return await named('Looking at the model', async () =>
          toModel(modelShape.parse(await client.models.retrieve(id, { signal }))),
        );
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

/** Some platforms say what a model can do, and when each of it ends, in seconds since the epoch. */
export function toModel({ id, shutdown_date, capabilities, deprecation }: ModelShape): PlatformModel {
  const ends = deprecation?.inference;
  const shutdownDate = shutdown_date ?? (ends ? new Date(ends * 1000).toISOString().slice(0, 10) : undefined);
  return { id, shutdownDate, tunable: capabilities?.fine_tune ?? undefined };
}
