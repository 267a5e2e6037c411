import { type Command, Option } from 'commander';
import { formatDuration } from '../../../evaluation/format.ts';
import { confirmed } from '../../confirm.ts';
import type { Context, Perform } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit.ts';
import { duration } from '../../options.ts';
import { actCommand, actOf } from './act.ts';
import { broughtUp, type WaitOptions, waiting } from './bring-up.ts';

interface ServeOptions extends WaitOptions {
  by?: string;
  keepPrevious: number;
  lookEvery: number;
  off?: boolean;
  yes: boolean;
}

const hourMs = 3_600_000;

export function serveCommand(models: Command, perform: Perform): void {
  waiting(
    actCommand(models, 'serve', 'let versions in service stand under deployments, where their platform wants that'),
  )
    .addOption(timeOption('--keep-previous <time>', 'how long a version that was replaced stands on', '24h'))
    .addOption(timeOption('--look-every <time>', 'how often each deployment is looked at', '60s'))
    .option('--off', 'remove its deployments, also of the version in service')
    .option('--yes', 'do so without asking', false)
    .action((name: string, options: ServeOptions) => perform((context) => serve(context, name, options)));
}

function timeOption(flags: string, description: string, usual: string): Option {
  return new Option(flags, description).argParser(duration).default(duration(usual), usual);
}

async function serve(context: Context, name: string, options: ServeOptions): Promise<ExitCode | undefined> {
  const { out } = context;
  const { by } = actOf(name, options);
  const records = await context.records();
  if (options.off) {
    const question = `Remove the deployments of ${name}, also the one that services ask?`;
    if (!options.yes && !(await confirmed(context, question))) {
      out.say('They stay.');
      return exitCodes.failed;
    }
    await records.setServe({ model: name, by, serve: null });
    out.data(await records.getModel(name));
    out.say(`${name} is not served any more; \`tunewright deployments\` shows what still stands.`);
    return;
  }
  const { keepPrevious, lookEvery } = options;
  const serve = { keepPreviousHours: keepPrevious / hourMs, lookSeconds: lookEvery / 1000 };
  await records.setServe({ model: name, by, serve });
  const { champion } = await records.getModel(name);
  if (champion !== undefined) await broughtUp(context, { model: name, version: champion, by }, options);
  out.data(await records.getModel(name));
  const standing = champion === undefined ? 'None is in service yet.' : `Version ${champion} answers.`;
  out.say(`${name} is served: versions that are replaced stand on for ${formatDuration(keepPrevious)}. ${standing}`);
}
