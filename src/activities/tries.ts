import { TunewrightError } from '../contract/errors.ts';
import type { TrainingMetrics } from '../contract/run.ts';
import type { TrainingPlatform } from '../platforms/platform.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';

export interface LastLossesInput {
  connection: string;
  jobIds: string[];
}

export function triesActivities({ platforms }: Dependencies) {
  return {
    /** With what losses each job has ended, in their order; null where the platform does not tell. */
    async lastLosses({ connection, jobIds }: LastLossesInput): Promise<(TrainingMetrics | null)[]> {
      const platform = platforms.get(connection);
      return await attended(async () => await Promise.all(jobIds.map(async (id) => await lossesOf(platform, id))));
    },
  };
}

/** The last step, with the last validation that there was: not every step is validated. */
async function lossesOf(platform: TrainingPlatform, jobId: string): Promise<TrainingMetrics | null> {
  try {
    const curve = await platform.trainingCurve(jobId);
    const last = curve.at(-1);
    const { validLoss, validAccuracy } = curve.findLast((point) => point.validLoss !== undefined) ?? {};
    if (!last) return null;
    return {
      ...last,
      ...(validLoss === undefined ? {} : { validLoss }),
      ...(validAccuracy === undefined ? {} : { validAccuracy }),
    };
  } catch (error) {
    // A figure to show must not fail what was paid.
    if (error instanceof TunewrightError && error.retry === 'never') return null;
    throw error;
  }
}
