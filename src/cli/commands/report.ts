import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { RunStatus } from '../../contract/run.ts';
import type { Context, Perform } from '../context.ts';
import { type ReportFormat, readReport, reportFormats, writeExamples, writeReport, writeReports } from '../reports.ts';
import { runNamed } from '../run-named.ts';

interface ReportOptions {
  format: ReportFormat;
  out?: string;
  open?: boolean;
  examples?: string;
  force?: boolean;
}

export function reportCommand(program: Command, perform: Perform): void {
  program
    .command('report')
    .description('write the report of a run, or of an evaluation without one, that succeeded, and say where it is')
    .argument('<name>', 'the run, or the evaluation')
    .addOption(new Option('--format <form>', 'the form that is wanted').choices(reportFormats).default('html'))
    .option('--out <file>', 'write that form there, instead of all forms into the home folder')
    .option('--examples <file>', 'write each held-out example with all answers and what changed, as JSON lines')
    .option('--force', 'replace a file of --examples that is there already')
    .option('--open', 'show it in what this machine opens such files with')
    .action((name: string, options: ReportOptions) => perform((context) => report(context, name, options)));
}

async function report(
  context: Context,
  name: string,
  { format, out: file, open, examples, force }: ReportOptions,
): Promise<undefined> {
  const { client, out, settings, directory } = context;
  const json = await readReport(await refOf(name, await client()), settings);
  if (examples !== undefined) await writeExamples(resolve(directory, examples), json, { settings, force });
  let path: string;
  if (file === undefined) {
    path = (await writeReports(name, json, settings))[format];
  } else {
    path = resolve(directory, file);
    await writeReport(path, json, format);
  }
  out.data({ name, format, path });
  out.say(path);
  if (open) await context.openFile(path);
}

/** Where the JSON lies. Throws `refused` when the run has not come to a report. */
async function refOf(name: string, client: Awaited<ReturnType<Context['client']>>): Promise<ArtifactRef> {
  const { report, status, stage } = await (await runNamed(client, name)).progress();
  if (report) return report;
  // A run that has succeeded has one: this is an evaluation without a run.
  if (status === 'succeeded') return (await client.evaluation(name).result()).report;
  const words: Partial<Record<RunStatus, string>> = { failed: 'failed', cancelled: 'was cancelled' };
  throw new TunewrightError(
    'refused',
    `${name} has no report: it ${words[status] ?? `is ${status},`} in the stage ${stage}.`,
    {
      advice: words[status]
        ? `\`tunewright show ${name}\` tells why.`
        : `\`tunewright watch ${name}\` waits for its end.`,
    },
  );
}
