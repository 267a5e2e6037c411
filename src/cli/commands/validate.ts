import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Method, methods } from '../../contract/config.ts';
import type { Inspection, InspectOptions } from '../../datasets/index.ts';
import type { Context, Perform } from '../context.ts';
import { limitsOf } from '../data-limits.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { ModelCost } from '../model-costs.ts';
import { githubAnnotations } from '../render/annotations.ts';
import { bar } from '../render/bar.ts';
import { inspectionReport } from '../render/inspection.ts';
import { sarifLog } from '../render/sarif.ts';
import type { Paint } from '../render/text.ts';
import { sourceError } from '../source-error.ts';

interface ValidateOptions {
  method?: Method;
  against?: string;
  model?: string;
  connection?: string;
  format: Format;
}

const formats = ['text', 'github', 'sarif'] as const;
type Format = (typeof formats)[number];

const barWidth = 30;

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
  const { against, model, connection, format } = options;
  const { settings, out, directory, now } = context;
  const path = resolve(directory, file);
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw sourceError(path, cause);
  });
  const known = await limitsOf(settings, connection, model);
  const { models = [], ...limits } = known ?? {};
  if (!known) out.note(limitsUnknown(model));
  const found = await inspect(context, path, { minimumExamples: 1, ...limits, method: options.method });
  const inspection = against === undefined ? found : await withLeaks(found, path, resolve(directory, against));
  const { modelCosts } = await import('../model-costs.ts');
  const costs = modelCosts(inspection, models, now());
  out.data({ file: path, limits: known ? limits : null, ...inspection, costs });
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

/** What is not valid yet has other troubles first. */
async function withLeaks(found: Inspection, path: string, train: string): Promise<Inspection> {
  if (found.errors > 0) return found;
  const { findLeaks } = await import('../../datasets/index.ts');
  try {
    const leaks = await findLeaks(path, train, found.method);
    return { ...found, problems: [...found.problems, ...leaks], warnings: found.warnings + leaks.length };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw sourceError(train, error);
    throw error;
  }
}

function limitsUnknown(model: string | undefined): string {
  return `No connection that can be opened tells the limits${model ? ` of ${model}` : ''}: they are not checked. Set a key, or start \`tunewright up\`.`;
}
