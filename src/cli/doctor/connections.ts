import type { Settings } from '../../config.ts';
import { catalogueAdvice } from '../../contract/catalogue-check.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { catalogueDrift } from '../../platforms/drift.ts';
import type { TrainingPlatform } from '../../platforms/platform.ts';
import { type Finding, failed } from './finding.ts';

/** Key and access of every connection, or of the one named. One without a key fails only when it is named. */
export async function checkConnections(settings: Settings, only: string | undefined): Promise<Finding[]> {
  const { createPlatforms } = await import('../../platforms/registry.ts');
  const platforms = createPlatforms(settings.connections, settings);
  const names = only === undefined ? platforms.names : [only];
  const checked = names.map((name) => checkConnection(name, () => platforms.get(name), only !== undefined));
  return (await Promise.all(checked)).flat();
}

async function checkConnection(name: string, open: () => TrainingPlatform, named: boolean): Promise<Finding[]> {
  const subject = `connection ${name}`;
  try {
    const platform = open();
    await platform.checkAccess();
    const message = `${platform.name} answers${platform.simulated ? ' (simulated)' : ''}`;
    return [{ level: 'ok', subject, message }, ...(await checkCatalogue(name, platform))];
  } catch (error) {
    if (!named && error instanceof TunewrightError && error.code === 'missing_key') {
      return [{ level: 'skip', subject, message: `not set up: ${error.message}` }];
    }
    return [failed(subject, error)];
  }
}

/** What the catalogue and the platform's own list of models do not agree on. */
async function checkCatalogue(name: string, platform: TrainingPlatform): Promise<Finding[]> {
  return (await catalogueDrift(platform, new Date())).map(({ message }) => ({
    level: 'warn',
    subject: `catalogue of ${name}`,
    message,
    advice: catalogueAdvice,
  }));
}
