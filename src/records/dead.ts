import { TunewrightError } from '../contract/errors.ts';
import type { AliveCheck, ModelVersion } from '../contract/registry.ts';

/** Refuses a version that cannot serve: retired, shut down by its date, or unknown to its platform. Throws `version_dead`. */
export async function checkAlive(version: ModelVersion, alive: AliveCheck | undefined): Promise<void> {
  const reason = deadByRecord(version) ?? (await alive?.(version));
  if (reason === undefined) return;
  throw new TunewrightError('version_dead', `Version ${version.version} of "${version.model}" ${reason}.`, {
    advice: `Choose one that still serves: \`tunewright models show ${version.model}\` tells which do.`,
  });
}

/** Why the records alone rule it out, as the end of a sentence. */
export function deadByRecord({ retired, shutdownDate }: Pick<ModelVersion, 'retired' | 'shutdownDate'>) {
  if (retired) return `was retired on ${retired.at.slice(0, 10)}: ${retired.reason.replace(/\.$/, '')}`;
  const today = new Date().toISOString().slice(0, 10);
  if (shutdownDate !== undefined && shutdownDate <= today) return `was shut down by its platform on ${shutdownDate}`;
  return undefined;
}
