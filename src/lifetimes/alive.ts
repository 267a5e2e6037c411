import { TunewrightError } from '../contract/errors.ts';
import type { AliveCheck } from '../contract/registry.ts';
import type { Platforms } from '../platforms/registry.ts';

/**
 * Asks a version's platform whether it still knows the model. Only its clear word counts: one that cannot be asked, for
 * want of a key or of an answer in time, keeps nobody from rolling back, and is told to `unasked`.
 */
export function aliveCheck(
  platforms: Platforms,
  unasked: (error: TunewrightError) => void,
  deadlineMs = 5_000,
): AliveCheck {
  return async ({ connection, modelId }) => {
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      const { shutdownDate } = await platforms.get(connection).getModel(modelId, signal);
      const today = new Date().toISOString().slice(0, 10);
      if (shutdownDate === undefined || shutdownDate > today) return undefined;
      return `was shut down by its platform on ${shutdownDate}`;
    } catch (error) {
      const named = signal.aborted ? tooLate(connection, error) : error;
      if (!(named instanceof TunewrightError)) throw named;
      if (named.code === 'model_not_found') return `is no longer known to its platform, "${connection}"`;
      unasked(named);
      return undefined;
    }
  };
}

function tooLate(connection: string, cause: unknown): TunewrightError {
  return new TunewrightError('answer_lost', `The platform of "${connection}" did not answer in time.`, {
    advice: 'Look at the model there when it answers again.',
    cause,
  });
}
