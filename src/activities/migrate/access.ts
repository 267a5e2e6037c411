import type { RunConfig } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { Obstacle } from '../../contract/migration.ts';
import { accessActivities } from '../access.ts';
import type { Dependencies } from '../dependencies.ts';

/** What the run would be refused by, as it would find out itself, but before the old model is asked anything. */
export async function refusalOf(
  dependencies: Dependencies,
  { connection, model, method, minimumLifeDays, evaluation }: RunConfig,
): Promise<Obstacle | undefined> {
  try {
    const { grader } = evaluation;
    await accessActivities(dependencies).checkAccess({ connection, model, method, minimumLifeDays, grader });
    return undefined;
  } catch (error) {
    // A platform that is out of reach now is waited for.
    if (!(error instanceof TunewrightError)) throw error;
    if (error.retry !== 'never') return undefined;
    const { code, message, advice } = error;
    return { code, message, advice };
  }
}
