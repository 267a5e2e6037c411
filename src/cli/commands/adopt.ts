import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { AdoptedModel, AdoptionRequest, AdoptionResult } from '../../contract/adoption.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { isPath } from '../../contract/source.ts';
import type { Context, Perform } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit.ts';
import { amountOf } from '../options.ts';
import { adoptionLine, adoptionReport } from '../render/adoption.ts';
import { readReport } from '../reports.ts';
import { actOf } from './models/act.ts';

interface AdoptOptions {
  connection?: string;
  budget: number;
  model?: string[];
  heldOut?: string;
  dryRun: boolean;
  by?: string;
}

export function adoptCommand(program: Command, perform: Perform): void {
  program
    .command('adopt')
    .description('register the tuned models that an account holds, and pack all that can be had of them')
    .option('--connection <name>', 'only this one; every one that can be listed otherwise')
    .addOption(
      new Option('--budget <usd>', "what the models' own answers to held-out examples may cost")
        .argParser(amountOf)
        .default(0, 'nothing is asked'),
    )
    .option('--model <ids...>', "only these models, by the platform's ids")
    .option('--held-out <file>', 'examples to ask models that had no validation file')
    .option('--dry-run', 'look and estimate; record and ask nothing', false)
    .option('--by <who>', 'who does it, for the audit; the user of this machine when absent')
    .action((options: AdoptOptions) => perform((context) => adopt(context, options)));
}

async function adopt(context: Context, options: AdoptOptions): Promise<ExitCode> {
  const { client, out, interrupts } = context;
  const interrupt = interrupts();
  const handle = await (await client()).adopt(requestOf(context, options));
  out.data({ event: 'started', name: handle.name, url: handle.url, joined: handle.joined });
  if (handle.joined) out.note('An adoption of this is under way already: what it was started with holds.');
  out.say(`adoption: ${handle.name}${handle.url ? `\nWeb UI:   ${handle.url}` : ''}\n`);
  for await (const progress of handle.watch({ signal: interrupt })) {
    if (!progress) continue;
    out.data({ event: 'progress', progress });
    if (out.width === undefined) out.say(adoptionLine(progress));
    else out.draw(adoptionLine(progress));
  }
  out.keep();
  if (interrupt.aborted) {
    out.note('Stopped watching; the adoption goes on. The same command follows it again.');
    return exitCodeOf(interrupt);
  }
  const result = await handle.result();
  const models = await modelsOf(context, result);
  out.data({ event: 'ended', result, models });
  out.say(adoptionReport({ result, models, dryRun: options.dryRun, budgetUsd: options.budget }, out.paint));
  return exitCodes.done;
}

function requestOf({ directory }: Context, options: AdoptOptions): AdoptionRequest {
  const { connection, budget: budgetUsd, model: models, heldOut, dryRun } = options;
  const { by } = actOf('', options.by === undefined ? {} : { by: options.by });
  return {
    ...(connection === undefined ? {} : { connection }),
    ...(models === undefined ? {} : { models }),
    ...(heldOut === undefined ? {} : { heldOut: isPath(heldOut) ? resolve(directory, heldOut) : heldOut }),
    ...{ budgetUsd, dryRun, by },
  };
}

/** Undefined when this machine's artifact store does not have them. */
async function modelsOf(
  { settings }: Context,
  { models }: AdoptionResult,
): Promise<readonly AdoptedModel[] | undefined> {
  try {
    return JSON.parse(await readReport(models, settings)) as AdoptedModel[];
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'artifact_missing') return undefined;
    throw error;
  }
}
