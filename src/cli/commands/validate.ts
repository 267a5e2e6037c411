import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Method, methods } from '../../contract/config.ts';
import type { Fixed } from '../../datasets/fix/fix.ts';
import type { Inspection } from '../../datasets/index.ts';
import { fixed, inspectCounting, inspectFile, reviewOf, toldMethod, withAlike } from '../checking.ts';
import type { Context, Perform } from '../context.ts';
import { limitsOf } from '../data-limits.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { githubAnnotations } from '../render/annotations.ts';
import { fixReport } from '../render/fix.ts';
import { inspectionReport, type Money } from '../render/inspection.ts';
import { reviewReport } from '../render/review.ts';
import { sarifLog } from '../render/sarif.ts';
import { type Paint, plain } from '../render/text.ts';
import { readGrader } from '../run-file.ts';
import { requirePath, requireReadable } from '../source-error.ts';
import { untrainedBy } from '../untrained.ts';

interface ValidateOptions {
  method?: Method;
  against?: string;
  review?: number | true;
  fix?: string;
  counts?: string;
  force?: boolean;
  grader?: string;
  model?: string;
  connection?: string;
  threads?: number;
  format: Format;
}

const formats = ['text', 'github', 'sarif'] as const;
type Format = (typeof formats)[number];

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
    .option('--fix <out>', 'write a copy in which is mended what can be without a choice, and go on with that')
    .option('--counts <out>', 'write the tokens of each example, as JSON lines')
    .option('--force', 'replace files of --fix and --counts that are there already')
    .option(
      '--review [count]',
      'show the examples whose answers the others speak against: likely mislabelled',
      wholeNumber(1),
    )
    .option('--grader <file>', 'tell which examples lack a field that the templates of this grader, or run, name')
    .option('--model <id>', 'check against what this model reads at once')
    .option('--connection <name>', 'check against the limits of this connection')
    .option('--threads <count>', 'read the file in so many; by its size and the cores when absent', wholeNumber(1))
    .addOption(
      new Option('--format <name>', "for people, as annotations of GitHub's, or as a SARIF log")
        .choices(formats)
        .default('text' satisfies Format),
    )
    .action((file: string, options: ValidateOptions) => perform((context) => validate(context, file, options)));
}

async function validate(context: Context, file: string, options: ValidateOptions): Promise<ExitCode> {
  const { against, review, fix, counts, force, grader, model, connection, threads, format } = options;
  const { settings, out, directory, now } = context;
  for (const named of [file, against ?? file]) {
    requirePath(named, 'validate', 'Fetch it first; a run reads it from there by itself.');
  }
  const given = resolve(directory, file);
  await requireReadable(given);
  const known = await limitsOf(settings, connection, model);
  const { models = [], contexts, mostExamples, minimumExamples = 1, ...limits } = known ?? {};
  if (model !== undefined && models.length === 0) out.note(unknownModel(model));
  const method = options.method ?? (await toldMethod(given));
  const [entry] = model === undefined ? [] : models;
  const untrained = entry && untrainedBy(entry, method, now());
  if (untrained) out.note(untrained);
  const forTraining = against === undefined;
  if (forTraining && !entry && models.length > 0 && models.every((one) => untrainedBy(one, method, now()))) {
    out.note(noModel(method));
  }
  const checks = {
    ...limits,
    contexts,
    minimumExamples: forTraining ? minimumExamples : 1,
    forTraining,
    maximumExamples: mostExamples?.[method]?.[forTraining ? 'training' : 'validation'],
    grader: grader === undefined ? undefined : await readGrader(grader, directory),
  };

  const train = against === undefined ? undefined : resolve(directory, against);
  const path = fix === undefined ? given : resolve(directory, fix);
  // Neither is written over what is read or written beside it.
  const others = [train, grader && resolve(directory, grader)].filter((one) => one !== undefined);
  const inputs = [given, ...others, ...(fix === undefined ? [] : [path, `${path}.diff`])];
  const signal = fix === undefined && counts === undefined ? undefined : context.interrupts();
  const unwritten = new Set([fix, counts].filter((one) => one !== undefined));
  let mended: Fixed | undefined;
  let reviewed: Awaited<ReturnType<typeof reviewOf>> | undefined;
  let inspection: Inspection;
  try {
    if (fix !== undefined && signal) {
      mended = await fixed(context, given, path, { method, others, force, signal });
      unwritten.delete(fix);
    }
    const inspecting = { ...checks, method, threads, signal };
    const found = counts
      ? await inspectCounting(context, path, { out: resolve(directory, counts), inputs, force }, inspecting)
      : await inspectFile(context, path, inspecting);
    if (counts) unwritten.delete(counts);
    inspection = await withAlike(found, path, { ...inspecting, train });
    if (review !== undefined) reviewed = await reviewOf(inspection, path, review === true ? usual : review, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
    out.note(unwritten.size > 0 ? `Broken off; not written: ${[...unwritten].join(', ')}.` : 'Broken off.');
    return exitCodeOf(signal);
  }
  const { modelCosts, savings } = await import('../model-costs.ts');
  const costs = modelCosts(inspection, forTraining ? models : [], now());
  const saved = savings(inspection, costs);
  out.data({
    file: path,
    limits: known ? { minimumExamples: checks.minimumExamples, ...limits } : null,
    ...inspection,
    costs,
    savings: saved,
    ...(mended ? { fixed: mended } : {}),
    ...(reviewed ? { review: reviewed } : {}),
  });
  const shown = fix ?? file;
  // Annotations and logs are read by programs; JSON holds all of it.
  const forPeople = format === 'text' || out.json;
  const tell = forPeople ? out.say : out.note;
  if (mended) tell(fixReport(shown, mended));
  if (reviewed) tell(reviewReport(shown, reviewed, forPeople ? out.paint : plain));
  out.say(reportAs(format, shown, inspection, { costs, savings: saved }, out.paint));
  if (format === 'text' && !mended && (await mayBeMended(inspection))) {
    out.note('Some of these errors may be mended without a choice: `--fix OUT` writes a copy, and tells each change.');
  }
  return inspection.errors > 0 ? exitCodes.failed : exitCodes.done;
}

function reportAs(format: Format, file: string, inspection: Inspection, money: Money, paint: Paint): string {
  if (format === 'github') return githubAnnotations(file, inspection.problems).join('\n');
  if (format === 'sarif') return JSON.stringify(sarifLog(file, inspection.problems), undefined, 2);
  return inspectionReport(file, inspection, money, paint);
}

async function mayBeMended({ problems }: Inspection): Promise<boolean> {
  const { mendable } = await import('../../datasets/fix/mend.ts');
  return problems.some(({ code }) => mendable.has(code));
}

function noModel(method: Method): string {
  return `The catalogue has no model of the connection that is trained by the method ${method}, or is any more: what training costs is not told. Name another with --connection, or add the model to a catalogue of your own (TUNEWRIGHT_CATALOGUE).`;
}

function unknownModel(model: string): string {
  return `The model ${model} stands in no catalogue: what it reads at once and what it costs are not known. Mend --model, or add it to a catalogue of your own (TUNEWRIGHT_CATALOGUE).`;
}
