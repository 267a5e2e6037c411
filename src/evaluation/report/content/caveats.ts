import type { ModelEvaluation } from '../../../contract/evaluation.ts';
import type { SlicedBy } from '../../../contract/verdict.ts';
import { formatCount } from '../../format.ts';
import type { RunReport } from '../../report.ts';
import { tellsNothing } from '../../slices.ts';

export const caveatsTitle = 'To mind with this verdict:';

/** What a reader has to know before believing the verdict of a run, a sentence each. */
export function caveatsOf(report: RunReport): string[] {
  const { comparison, slices, unsliced, data } = report;
  return [
    ...uncompared(report),
    ...ofExamples({ evaluation: comparison.tuned, slices, unsliced }),
    // Where training has seen what is held out, the checks of the data tell so.
    ...data.warnings.filter((warning) => /\[(?:nearly_)?leaked_prompts\]$/.test(warning)),
  ];
}

/** The version in service is dead, or did not answer. */
function uncompared({ registered, rivals }: RunReport): string[] {
  const { champion } = registered ?? {};
  if (!champion || rivals.some(({ role }) => role === 'champion')) return [];
  return [
    `Version ${champion.version}, in service until then, could not be asked, and no answers of it were recorded: nothing here compares with it.`,
  ];
}

interface Examples {
  evaluation: ModelEvaluation | undefined;
  slices: readonly SlicedBy[] | undefined;
  unsliced: readonly string[] | undefined;
}

/** The same of the examples that were asked. */
export function ofExamples({ evaluation, slices = [], unsliced = [] }: Examples): string[] {
  if (!evaluation) return [];
  const { examples, repeated = 0 } = evaluation;
  const answers = slices.find(({ field }) => field === 'reference')?.slices ?? [];
  return [
    ...(answers.length === 1 && examples > 1
      ? ['All questions have the same right answer: a model that always gives it would get all of them right.']
      : []),
    ...(repeated > 0
      ? [
          `${formatCount(repeated, 'example')} beside the ${formatCount(examples, 'question')} that count: each repeats one of them.`,
        ]
      : []),
    ...unsliced.map((field) => `By ${field} nothing can be told apart: ${tellsNothing}.`),
  ];
}
