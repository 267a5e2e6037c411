import { TunewrightError } from '../../contract/errors.ts';
import type { Act } from '../act.ts';
import { versionRow } from '../versions.ts';
import { deploymentNames } from './names.ts';

/**
 * Refuses to put a version into service that answers under a deployment alone and has none: of a model that is served, at a
 * connection at which its versions have stood under deployments. A deployment is remembered to be in service from here on.
 * Throws `not_deployed`.
 */
export async function enterService({ write, model, at }: Act, version: number): Promise<void> {
  if (model.serve === null) return;
  if ((await deploymentNames(write, model.name)).has(version)) {
    await write
      .updateTable('deployments')
      .set({ served_at: at })
      .where('model', '=', model.name)
      .where('version', '=', version)
      .where('ended_at', 'is', null)
      .execute();
    return;
  }
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
