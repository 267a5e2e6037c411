import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Inspection } from '../../datasets/index.ts';
import type { Context, Perform } from '../context.ts';
import { type DataLimits, limitsOf } from '../data-limits.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { githubAnnotations } from '../render/annotations.ts';
import { bar } from '../render/bar.ts';
import { inspectionReport } from '../render/inspection.ts';
import { sarifLog } from '../render/sarif.ts';
import type { Paint } from '../render/text.ts';
import { sourceError } from '../source-error.ts';

interface ValidateOptions {
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
    .description('check a chat data set: every problem with its line, counts, tokens')
    .argument('<file>', 'JSON lines')
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
  const { settings, out, directory } = context;
  const path = resolve(directory, file);
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw sourceError(path, cause);
  });
  const limits = await limitsOf(settings, connection, model);
  if (!limits) out.note(limitsUnknown(model));
  const found = await inspect(context, path, limits);
  const inspection = against === undefined ? found : await withLeaks(found, path, resolve(directory, against));
  out.data({ file: path, limits: limits ?? null, ...inspection });
  out.say(reportAs(format, file, inspection, out.paint));
  return inspection.errors > 0 ? exitCodes.failed : exitCodes.done;
}

function reportAs(format: Format, file: string, inspection: Inspection, paint: Paint): string {
  if (format === 'github') return githubAnnotations(file, inspection.problems).join('\n');
  if (format === 'sarif') return JSON.stringify(sarifLog(file, inspection.problems), undefined, 2);
  return inspectionReport(file, inspection, paint);
}

async function inspect({ out }: Context, path: string, limits: DataLimits | undefined) {
  const { inspectDataset } = await import('../../datasets/index.ts');
  try {
    return await inspectDataset(path, {
      ...(limits ?? { minimumExamples: 1 }),
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
    const leaks = await findLeaks(path, train);
    return { ...found, problems: [...found.problems, ...leaks], warnings: found.warnings + leaks.length };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw sourceError(train, error);
    throw error;
  }
}

function limitsUnknown(model: string | undefined): string {
  return `No connection that can be opened tells the limits${model ? ` of ${model}` : ''}: they are not checked. Set a key, or start \`tunewright up\`.`;
}
