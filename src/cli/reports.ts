import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { RunReport } from '../evaluation/report.ts';

/**
 * Puts a run's report where people look for it: `reports/<run>.json` and `.md` in the home folder. Answers the path of
 * the latter, or where the report lies when this machine's artifact store does not have it.
 */
export async function saveReport(
  run: string,
  ref: ArtifactRef,
  { home, artifacts }: Pick<Settings, 'home' | 'artifacts'>,
): Promise<string> {
  const { folderStore } = await import('../artifacts/index.ts');
  let json: string;
  try {
    json = await folderStore(artifacts).readText(ref);
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'artifact_missing') return ref.uri;
    throw error;
  }
  const { renderMarkdown } = await import('../evaluation/report.ts');
  const folder = join(home, 'reports');
  await mkdir(folder, { recursive: true });
  // A run's name may hold what would lead out of the folder.
  const path = join(folder, encodeURIComponent(run));
  await writeFile(`${path}.json`, json);
  await writeFile(`${path}.md`, renderMarkdown(JSON.parse(json) as RunReport));
  return `${path}.md`;
}
