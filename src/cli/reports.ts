import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StorePlace } from '../artifacts/index.ts';
import type { Settings } from '../config.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { EvaluationReport } from '../evaluation/evaluated.ts';
import type { RunReport } from '../evaluation/report.ts';
import type { Context } from './context.ts';

/** HTML is for people, Markdown for what shows Markdown, JSON holds every figure. */
export const reportFormats = ['html', 'md', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** The paths of a report in each of its forms. */
export type SavedReport = Record<ReportFormat, string>;

type Home = Pick<Settings, 'home'>;

/**
 * Puts the report of a run, or of an evaluation without one, where people look for it, see {@link writeReports}. Undefined when
 * this machine's artifact store does not have it, or it could not be written: that is noted, and takes nothing from what has
 * succeeded.
 */
export async function saveReport(
  name: string,
  ref: ArtifactRef,
  { settings, out }: Pick<Context, 'settings' | 'out'>,
): Promise<SavedReport | undefined> {
  try {
    return await writeReports(name, await readReport(ref, settings), settings);
  } catch (error) {
    if (!(error instanceof TunewrightError)) throw error;
    if (error.code !== 'artifact_missing') out.note(`${error.message} ${error.advice}`);
    return undefined;
  }
}

/** The JSON of a report. Throws `artifact_missing`, `artifact_altered`. */
export async function readReport(ref: ArtifactRef, place: StorePlace): Promise<string> {
  const { openStore } = await import('../artifacts/index.ts');
  return await openStore(place).readText(ref);
}

/**
 * Writes `reports/<name>.html`, `.md` and `.json` in the home folder. Throws `disk_full`, and `source_unreadable` where
 * nothing may be written.
 */
export async function writeReports(name: string, json: string, { home }: Home): Promise<SavedReport> {
  // A name may hold what would lead out of the folder.
  const path = (format: ReportFormat) => join(home, 'reports', `${encodeURIComponent(name)}.${format}`);
  for (const format of reportFormats) await writeReport(path(format), json, format);
  return { html: path('html'), md: path('md'), json: path('json') };
}

/** Writes one form of a report, made of its JSON; folders on the way are made. Throws as {@link writeReports}. */
export async function writeReport(path: string, json: string, format: ReportFormat): Promise<void> {
  await writeText(path, await renderReport(json, format));
}

async function writeText(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new TunewrightError(full ? 'disk_full' : 'source_unreadable', `The report cannot be written: ${message}.`, {
      advice: full ? 'Free some space there.' : '`tunewright report NAME --out FILE` writes it elsewhere.',
      cause,
    });
  }
}

/** Writes each held-out example of a report as a JSON line. Throws `artifact_missing` and, of the file, as a draft does. */
export async function writeExamples(
  path: string,
  json: string,
  { settings, force }: { settings: StorePlace; force: boolean | undefined },
): Promise<void> {
  const report = JSON.parse(json) as RunReport | EvaluationReport;
  if (!('run' in report)) {
    throw new TunewrightError('refused', 'An evaluation without a run tells of no single examples but regressions.', {
      advice: 'Leave --examples out; the JSON of the report names the files of all answers as `predictions`.',
    });
  }
  const [{ openDraft }, { examplesOf }, { openStore }] = await Promise.all([
    import('../datasets/draft.ts'),
    import('../evaluation/examples.ts'),
    import('../artifacts/index.ts'),
  ]);
  const draft = await openDraft(path, { inputs: [], force });
  try {
    for await (const example of examplesOf(report, openStore(settings)))
      await draft.write(`${JSON.stringify(example)}\n`);
    await draft.keep();
  } finally {
    await draft.discard();
  }
}

async function renderReport(json: string, format: ReportFormat): Promise<string> {
  if (format === 'json') return json;
  const { renderHtml, renderMarkdown } = await import('../evaluation/report/index.ts');
  const report = JSON.parse(json) as RunReport | EvaluationReport;
  return format === 'html' ? await renderHtml(report) : renderMarkdown(report);
}

/** Where a report is, on one line. */
export function reportLine(saved: SavedReport | undefined, ref: ArtifactRef): string {
  return saved ? `${saved.html} (as .md and .json too)` : ref.uri;
}
