import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { RunReport } from '../evaluation/report.ts';

/** HTML is for people, Markdown for what shows Markdown, JSON holds every figure. */
export const reportFormats = ['html', 'md', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** The paths of a report in each of its forms. */
export type SavedReport = Record<ReportFormat, string>;

type Places = Pick<Settings, 'home' | 'artifacts'>;

/**
 * Puts a run's report where people look for it: `reports/<run>.html`, `.md` and `.json` in the home folder. Undefined
 * when this machine's artifact store does not have it.
 */
export async function saveReport(run: string, ref: ArtifactRef, places: Places): Promise<SavedReport | undefined> {
  try {
    return await writeReport(run, await readReport(ref, places), places);
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'artifact_missing') return undefined;
    throw error;
  }
}

/** The JSON of a report. Throws `artifact_missing`, `artifact_altered`. */
export async function readReport(ref: ArtifactRef, { artifacts }: Places): Promise<string> {
  const { folderStore } = await import('../artifacts/index.ts');
  return await folderStore(artifacts).readText(ref);
}

/** Writes all forms of a report into the home folder. */
export async function writeReport(run: string, json: string, { home }: Places): Promise<SavedReport> {
  const folder = join(home, 'reports');
  await mkdir(folder, { recursive: true });
  // A run's name may hold what would lead out of the folder.
  const path = (format: ReportFormat) => join(folder, `${encodeURIComponent(run)}.${format}`);
  for (const format of reportFormats) await writeFile(path(format), await renderReport(json, format));
  return { html: path('html'), md: path('md'), json: path('json') };
}

/** A report in one of its forms, made of its JSON. */
export async function renderReport(json: string, format: ReportFormat): Promise<string> {
  if (format === 'json') return json;
  const { renderHtml, renderMarkdown } = await import('../evaluation/report/index.ts');
  const report = JSON.parse(json) as RunReport;
  return format === 'html' ? await renderHtml(report) : renderMarkdown(report);
}

/** Where the report of a run is, on one line. */
export function reportLine(saved: SavedReport | undefined, ref: ArtifactRef): string {
  return saved ? `${saved.html} (as .md and .json too)` : ref.uri;
}
