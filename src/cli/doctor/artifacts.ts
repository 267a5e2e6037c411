import type { Settings } from '../../config.ts';
import { type Finding, failed } from './finding.ts';

/** Equal content is kept once, so that looking often leaves one small artifact behind. */
const content = 'Written by tunewright doctor to see that this store keeps what it is given.\n';

export async function checkArtifacts({ artifacts }: Settings): Promise<Finding> {
  const subject = 'artifact store';
  const { folderStore } = await import('../../artifacts/index.ts');
  try {
    const store = folderStore(artifacts);
    const back = await store.readText(await store.put(content));
    if (back === content) return { level: 'ok', subject, message: `${artifacts}, written and read back` };
    return { level: 'fail', subject, message: `${artifacts} gives back other bytes than it was given.` };
  } catch (error) {
    return failed(subject, error);
  }
}
