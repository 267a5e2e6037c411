import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Method, methods } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { isPath } from '../../contract/source.ts';
import type { Inspection, InspectOptions, Review } from '../../datasets/index.ts';
import type { Context, Perform } from '../context.ts';
import { limitsOf } from '../data-limits.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { ModelCost } from '../model-costs.ts';
import { wholeNumber } from '../options.ts';
import { githubAnnotations } from '../render/annotations.ts';
import { bar } from '../render/bar.ts';
import { inspectionReport } from '../render/inspection.ts';
import { reviewReport } from '../render/review.ts';
import { sarifLog } from '../render/sarif.ts';
import type { Paint } from '../render/text.ts';
import { sourceError } from '../source-error.ts';

interface ValidateOptions {
  method?: Method;
  against?: string;
  review?: number | true;
  model?: string;
  connection?: string;
  format: Format;
}

const formats = ['text', 'github', 'sarif'] as const;
type Format = (typeof formats)[number];

const barWidth = 30;
/** Comparing all with all takes seconds for so many. */
const mostCompared = 100_000;
/** Of a review. */
const usual = 20;

export function validateCommand(program: Command, perform: Perform): void {
  program
    .command('validate')
    .description('check a data set: every problem with its line, counts, tokens')
    .argument('<file>', 'JSON lines')
    .addOption(
      new Option('--method <name>', 'check for this method of training; told by the first line when absent').choices(
        methods,
      ),
    )
    .option('--against <file>', 'the training file: tell which of the examples it asks too, or nearly so')
    .option(
      '--review [count]',
      'show the examples whose answers the others speak against: likely mislabelled',
      wholeNumber(1),
    )
    .option('--model <id>', 'check against what this model reads at once')
    .option('--connection <name>', 'check against the limits of this connection')
    .addOption(
      new Option('--format <name>', "for people, as annotations of GitHub's, or as a SARIF log")
        .choices(formats)
        .default('text' satisfies Format),
    )
    .action((file: string, options: ValidateOptions) => perform((context) => validate(context, file, options)));
}

async function validate(context: Context, file: string, options: ValidateOptions): Promise<ExitCode> {
  const { against, review, model, connection, format } = options;
  const { settings, out, directory, now } = context;
  for (const named of [file, against ?? file]) {
    if (isPath(named)) continue;
    throw new TunewrightError('source_missing', `${named} is no file of this machine, and validate reads no other.`, {
      advice: 'Fetch it first; a run reads it from there by itself.',
    });
  }
  const path = resolve(directory, file);
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw sourceError(path, cause);
  });
  const known = await limitsOf(settings, connection, model);
  const { models = [], ...limits } = known ?? {};
  if (!known) out.note(limitsUnknown(model));
  const found = await inspect(context, path, { minimumExamples: 1, ...limits, method: options.method });
  const inspection = await withAlike(found, path, against === undefined ? undefined : resolve(directory, against));
  const reviewed =
    review === undefined ? undefined : await reviewOf(inspection, path, review === true ? usual : review);
  const { modelCosts } = await import('../model-costs.ts');
  const costs = modelCosts(inspection, models, now());
  out.data({
    file: path,
    limits: known ? limits : null,
    ...inspection,
    costs,
    ...(reviewed ? { review: reviewed } : {}),
  });
  if (reviewed && format === 'text') out.say(reviewReport(file, reviewed, out.paint));
  out.say(reportAs(format, file, inspection, costs, out.paint));
  return inspection.errors > 0 ? exitCodes.failed : exitCodes.done;
}

function reportAs(
  format: Format,
  file: string,
  inspection: Inspection,
  costs: readonly ModelCost[],
  paint: Paint,
): string {
  if (format === 'github') return githubAnnotations(file, inspection.problems).join('\n');
  if (format === 'sarif') return JSON.stringify(sarifLog(file, inspection.problems), undefined, 2);
  return inspectionReport(file, inspection, costs, paint);
}

async function inspect({ out }: Context, path: string, limits: InspectOptions) {
  const { inspectDataset, methodOf } = await import('../../datasets/index.ts');
  try {
    return await inspectDataset(path, {
      ...limits,
      method: limits.method ?? (await methodOf(path)),
      maxProblems: Number.POSITIVE_INFINITY,
      onProgress: (done, total) => out.draw(`checking ${bar(done, total, barWidth)}`),
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw sourceError(path, error);
    throw error;
  } finally {
    out.keep();
  }
}

/** With what asks nearly the same, in the file or in the training file. What is not valid yet has other troubles first. */
async function withAlike(found: Inspection, path: string, train: string | undefined): Promise<Inspection> {
  if (found.errors > 0) return found;
  const { findLeaks, findNearDuplicates } = await import('../../datasets/index.ts');
  try {
    const near = found.examples <= mostCompared ? await findNearDuplicates(path, found.method) : [];
    const leaks = train === undefined ? [] : await findLeaks(path, train, found.method);
    const more = [...near, ...leaks];
    return { ...found, problems: [...found.problems, ...more], warnings: found.warnings + more.length };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw sourceError(train ?? path, error);
    throw error;
  }
}

/** Throws `invalid_data` for a file that has errors, or no classes of answers. */
async function reviewOf({ errors, method }: Inspection, path: string, most: number): Promise<Review> {
  const { reviewAnswers } = await import('../../datasets/index.ts');
  const reviewed = errors > 0 ? undefined : await reviewAnswers(path, method, most);
  if (reviewed) return reviewed;
  const reason = errors > 0 ? 'it has errors' : 'nearly every answer is its own';
  throw new TunewrightError('invalid_data', `${path} cannot be reviewed: ${reason}.`, {
    advice:
      errors > 0
        ? 'Mend them first; without --review they are all listed.'
        : 'A review is for data sets of few distinct answers, such as labels.',
  });
}

function limitsUnknown(model: string | undefined): string {
  return `No connection that can be opened tells the limits${model ? ` of ${model}` : ''}: they are not checked. Set a key, or start \`tunewright up\`.`;
}
