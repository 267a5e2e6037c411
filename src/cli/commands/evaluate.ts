import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { EvaluateRequestInput } from '../../contract/config.ts';
import { isPath } from '../../contract/source.ts';
import type { Context, Perform } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit.ts';
import { amountOf, overrides, wholeNumber } from '../options.ts';
import { evaluatedModels, evaluationLine } from '../render/evaluated.ts';
import { reportLine, saveReport } from '../reports.ts';
import { type Override, settingsOf } from '../run-file.ts';

interface EvaluateOptions {
  data: string;
  budget: number;
  config?: string;
  prompted?: number;
  train?: string;
  set?: Override[];
}

export function evaluateCommand(program: Command, perform: Perform): void {
  program
    .command('evaluate')
    .description('ask models the same examples, without a run, and compare each with the first')
    .argument('<models...>', 'CONNECTION/MODEL, a checkpoint too, or a registered NAME or NAME@VERSION')
    .requiredOption('--data <source>', 'the examples that each is asked')
    .addOption(
      new Option('--budget <usd>', 'nothing is asked where the estimate is above it')
        .argParser(amountOf)
        .makeOptionMandatory(),
    )
    .option('--config <file>', 'a run whose grader and other settings of the evaluation hold')
    .addOption(
      new Option('--prompted <n>', 'asks the first also with so many examples of --train in its prompt').argParser(
        wholeNumber(1),
      ),
    )
    .option('--train <source>', 'where the examples come from that are shown')
    .option('--set <key=value>', 'a field such as evaluation.grader.type=exact_match', overrides)
    .action((models: string[], options: EvaluateOptions) =>
      perform(async (context) => await evaluate(context, models, options)),
    );
}

async function evaluate(context: Context, models: string[], options: EvaluateOptions): Promise<ExitCode> {
  const { out } = context;
  const request = await requestOf(context, models, options);
  const interrupt = context.interrupts();
  const handle = await (await context.client()).evaluate(request);
  out.data({ event: 'started', name: handle.name, url: handle.url });
  out.say(`evaluation: ${handle.name}${handle.url ? `\nWeb UI:     ${handle.url}` : ''}`);
  for await (const progress of handle.watch({ signal: interrupt })) {
    out.data({ event: 'progress', progress });
    if (out.width === undefined) out.say(evaluationLine(progress));
    else out.draw(evaluationLine(progress));
  }
  out.keep();
  if (interrupt.aborted) {
    await handle.cancel();
    out.note('Cancelled. What was answered is kept: the same command asks only the rest.');
    return exitCodeOf(interrupt);
  }
  const result = await handle.result();
  const report = await saveReport(handle.name, result.report, context);
  out.data({ event: 'ended', report, result });
  out.say(`\n${evaluatedModels(result, out.paint)}`);
  out.say(`report:  ${reportLine(report, result.report)}`);
  return exitCodes.done;
}

async function requestOf(
  { directory }: Context,
  models: string[],
  { data, budget: budgetUsd, config, prompted, train, set = [] }: EvaluateOptions,
): Promise<EvaluateRequestInput> {
  const placed = (source: string) => (isPath(source) ? resolve(directory, source) : source);
  const shown = prompted === undefined ? [] : [{ path: ['evaluation', 'prompted', 'examples'], value: `${prompted}` }];
  const settings = await settingsOf(config, [...set, ...shown], directory);
  return {
    ...settings,
    models,
    data: placed(data),
    budgetUsd,
    ...(train === undefined ? {} : { train: placed(train) }),
  };
}
