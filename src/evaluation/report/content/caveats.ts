import { formatCount } from '../../format.ts';
import type { RunReport } from '../../report.ts';

export const caveatsTitle = 'To mind with this verdict:';

/** What a reader has to know before believing the verdict, a sentence each. */
export function caveatsOf(report: RunReport): string[] {
  const told = [unbeaten(report), oneAnswer(report), repeated(report), unsliced(report)];
  return [...told.flatMap((sentence) => sentence ?? []), ...leaks(report)];
}

/** The version in service is dead, or did not answer. */
function unbeaten({ registered, rivals }: RunReport): string | undefined {
  const { champion } = registered ?? {};
  if (!champion || rivals.some(({ role }) => role === 'champion')) return undefined;
  return `Version ${champion.version}, in service until then, could not be asked, and no answers of it were recorded: nothing here compares with it.`;
}

function oneAnswer({ slices, comparison }: RunReport): string | undefined {
  const [only, another] = slices.find(({ field }) => field === 'reference')?.slices ?? [];
  if (!only || another || comparison.tuned.examples < 2) return undefined;
  return 'All held-out questions have the same right answer: a model that always gives it would score 100%.';
}

function repeated({ comparison: { tuned } }: RunReport): string | undefined {
  if (!tuned.repeated) return undefined;
  return `${formatCount(tuned.repeated, 'held-out example')} repeat${tuned.repeated === 1 ? 's' : ''} another one, and count${tuned.repeated === 1 ? 's' : ''} nowhere: ${formatCount(tuned.examples, 'question')} are left.`;
}

function unsliced({ unsliced = [] }: RunReport): string[] {
  return unsliced.map(
    (field) => `By ${field} nothing can be told apart: it has over 100 values, or none that occurs twice.`,
  );
}

/** The checks of the data tell of examples that training has seen. */
function leaks({ data }: RunReport): string[] {
  return data.warnings.filter((warning) => /\[(?:nearly_)?leaked_prompts\]$/.test(warning));
}
