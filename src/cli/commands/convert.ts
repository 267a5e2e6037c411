import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Method, methods } from '../../contract/config.ts';
import type { Preset } from '../../datasets/convert/layouts.ts';
import type { Context, Perform } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit.ts';
import { bar } from '../render/bar.ts';
import { conversionReport } from '../render/conversion.ts';
import { requirePath, requireReadable } from '../source-error.ts';

interface Options {
  out: string;
  preset?: Preset;
  sheet?: string;
  inputColumn?: string;
  outputColumn?: string;
  rejectedColumn?: string;
  userTemplate?: string;
  assistantTemplate?: string;
  system?: string;
  to?: Method;
  field?: string[];
  force?: boolean;
}

const barWidth = 30;
const presetNames: readonly Preset[] = [
  'alpaca',
  'dolly',
  'sharegpt',
  'prompt-completion',
  'preference',
  'pairs',
  'chat',
];

export function convertCommand(program: Command, perform: Perform): void {
  program
    .command('convert')
    .description('make chat data of CSV, TSV, XLSX, JSON, JSON lines and Parquet; the layout is told by the columns')
    .argument('<input...>', 'files; text also with .gz or .zst')
    .requiredOption('--out <file>', 'the JSON lines that are made')
    .addOption(new Option('--preset <layout>', 'take the files as of this layout').choices(presetNames))
    .option('--sheet <name>', 'the sheet of a spreadsheet, instead of its first')
    .option('--input-column <name>', 'the column that is asked')
    .option('--output-column <name>', 'the column that is answered')
    .option('--rejected-column <name>', 'for pairs: the column of the answer that is not preferred')
    .option('--user-template <text>', 'what is asked, such as "{{title}}: {{question}}"')
    .option('--assistant-template <text>', 'what is answered')
    .option('--system <text>', 'a system message for examples that have none')
    .addOption(
      new Option('--to <method>', 'make examples for this method of training; that of the layout when absent').choices(
        methods,
      ),
    )
    .option('--field <columns...>', 'columns that are kept beside the messages, for graders')
    .option('--force', 'replace the file where it is there already')
    .action((inputs: string[], options: Options) => perform((context) => convert(context, inputs, options)));
}

async function convert(
  context: Context,
  inputs: string[],
  { out: file, field: fields, ...mapping }: Options,
): Promise<ExitCode> {
  const { out, directory } = context;
  const { convertFiles } = await import('../../datasets/convert/convert.ts');
  const signal = context.interrupts();
  const path = resolve(directory, file);
  for (const name of inputs) {
    requirePath(name, 'convert', 'Fetch it first.');
    await requireReadable(resolve(directory, name), name);
  }
  try {
    const conversion = await convertFiles(
      inputs.map((name) => ({ path: resolve(directory, name), name })),
      path,
      {
        ...mapping,
        fields,
        signal,
        onProgress: (name, done, total) => out.draw(`${name} ${bar(done, total, barWidth)}`),
      },
    );
    out.data({ out: path, ...conversion });
    out.say(conversionReport(file, conversion, out.paint));
    return conversion.errors > 0 ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    out.note(`Broken off; ${file} was not written.`);
    return exitCodeOf(signal);
  } finally {
    out.keep();
  }
}
