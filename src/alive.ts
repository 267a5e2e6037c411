import { TunewrightError } from './contract/errors.ts';
import type { AliveCheck } from './contract/registry.ts';
import type { Platforms } from './platforms/registry.ts';

/**
 * Asks a version's platform whether it still knows the model. Only its clear word counts: one that cannot be asked, for
 * want of a key or an answer, keeps nobody from rolling back, and is told to `unasked`.
 */
export function aliveCheck(platforms: Platforms, unasked: (error: TunewrightError) => void): AliveCheck {
  return async ({ connection, modelId }) => {
    try {
      const { shutdownDate } = await platforms.get(connection).getModel(modelId);
      const today = new Date().toISOString().slice(0, 10);
      if (shutdownDate === undefined || shutdownDate > today) return undefined;
      return `was shut down by its platform on ${shutdownDate}`;
    } catch (error) {
      if (!(error instanceof TunewrightError)) throw error;
      if (error.code === 'model_not_found') return `is no longer known to its platform, "${connection}"`;
      unasked(error);
      return undefined;
    }
  };
}
