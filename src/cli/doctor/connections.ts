import type { Settings } from '../../config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { TrainingPlatform } from '../../platforms/platform.ts';
import { type Finding, failed } from './finding.ts';

/** Key and access of every connection, or of the one named. One without a key fails only when it is named. */
export async function checkConnections(settings: Settings, only: string | undefined): Promise<Finding[]> {
  const { createPlatforms } = await import('../../platforms/registry.ts');
  const platforms = createPlatforms(settings.connections, settings);
  const names = only === undefined ? platforms.names : [only];
  return await Promise.all(names.map((name) => checkConnection(name, () => platforms.get(name), only !== undefined)));
}

async function checkConnection(name: string, open: () => TrainingPlatform, named: boolean): Promise<Finding> {
  const subject = `connection ${name}`;
  try {
    const platform = open();
    await platform.checkAccess();
    return { level: 'ok', subject, message: `${platform.name} answers${platform.simulated ? ' (simulated)' : ''}` };
  } catch (error) {
    if (!named && error instanceof TunewrightError && error.code === 'missing_key') {
      return { level: 'skip', subject, message: `not set up: ${error.message}` };
    }
    return failed(subject, error);
  }
}
