import type { EvaluationReport } from '../../evaluated.ts';
import type { RunReport } from '../../report.ts';
import { contentOf } from '../content/index.ts';
import { page } from './page.ts';

/**
 * The report for people, as one HTML page that asks for nothing outside of itself and runs no script. Nothing that
 * comes from data or a platform is taken for markup.
 */
export async function renderHtml(report: RunReport | EvaluationReport): Promise<string> {
  return String(await page(contentOf(report)));
}
