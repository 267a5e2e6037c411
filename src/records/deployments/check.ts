import { TunewrightError } from '../../contract/errors.ts';
import type { Write } from '../database.ts';
import type { ModelRow } from '../tables.ts';
import { versionRow } from '../versions.ts';
import { deploymentNames } from './names.ts';

/**
 * Refuses to put a version into service that answers under a deployment alone and has none: of a model that is served, at a
 * connection at which its versions have stood under deployments. Throws `not_deployed`.
 */
export async function checkDeployed(write: Write, model: ModelRow, version: number): Promise<void> {
  if (model.serve === null || (await deploymentNames(write, model.name)).has(version)) return;
  const { connection } = await versionRow(write, model.name, version);
  const another = await write
    .selectFrom('deployments')
    .select('id')
    .where('model', '=', model.name)
    .where('connection', '=', connection)
    .limit(1)
    .executeTakeFirst();
  if (another) throw notDeployed(model.name, version);
}

export function notDeployed(
  model: string,
  version: number,
  why = 'stands under no deployment that answers',
): TunewrightError {
  return new TunewrightError('not_deployed', `Version ${version} of "${model}" ${why}: nothing was switched.`, {
    advice: `\`tunewright models rollback ${model} ${version}\`, or \`promote\`, brings it up, sees it answer, and then switches.`,
  });
}
