import { TunewrightError } from '../contract/errors.ts';
import type { Records } from '../records/index.ts';

/**
 * The version that a rollback is about to go to; undefined where there is none to look at: the rollback itself says why, or is
 * answered as it was the first time.
 */
export async function rollbackTarget(records: Records, model: string, named?: number): Promise<number | undefined> {
  if (named !== undefined) return named;
  try {
    return await records.versionBefore(model);
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'conflict') return undefined;
    throw error;
  }
}
