import type { Settings } from '../../config.ts';
import { type Finding, failed } from './finding.ts';

/** Equal content is kept once, so that looking often leaves one small artifact behind. */
const content = 'Written by tunewright doctor to see that this store keeps what it is given.\n';

export async function checkArtifacts(settings: Settings): Promise<Finding> {
  const subject = 'artifact store';
  const { openStore } = await import('../../artifacts/index.ts');
  const place = settings.artifactBucket ?? settings.artifacts;
  try {
    const store = openStore(settings);
    const back = await store.readText(await store.put(content));
    if (back === content) return { level: 'ok', subject, message: `${place}, written and read back` };
    return { level: 'fail', subject, message: `${place} gives back other bytes than it was given.` };
  } catch (error) {
    return failed(subject, error);
  }
}
