import { type Command, Option } from 'commander';
import { TunewrightError } from '../../../contract/errors.ts';
import type { Context, Perform } from '../../context.ts';
import { shareOf, wholeNumber } from '../../options.ts';
import { formatShare } from '../../render/models.ts';
import { type ActOptions, actCommand, actOf, alive, repeatable } from './act.ts';
import { broughtUp, type WaitOptions, waiting } from './bring-up.ts';

interface CanaryOptions extends ActOptions, WaitOptions {
  share?: number;
  off?: boolean;
  reason?: string;
}

export function canaryCommand(models: Command, perform: Perform): void {
  waiting(repeatable(actCommand(models, 'canary', 'send a share of the calls to a version, or end that')))
    .argument('[version]', 'its number', wholeNumber(1))
    .addOption(new Option('--share <share>', 'of the calls, such as 0.1').argParser(shareOf).conflicts('off'))
    .option('--off', 'send all calls to the champion again')
    .option('--reason <text>', 'why it ends; it is kept in the audit')
    .action((name: string, version: number | undefined, options: CanaryOptions) =>
      perform((context) => canary(context, name, version, options)),
    );
}

async function canary(
  context: Context,
  name: string,
  version: number | undefined,
  { share, off, reason = 'ended by hand', ...options }: CanaryOptions,
): Promise<undefined> {
  const { out } = context;
  const act = actOf(name, options);
  if (off) {
    const ended = await (await context.records()).clearCanary({ ...act, reason });
    out.data({ model: name, ended });
    out.say(ended ? `All calls to ${name} go to the champion again.` : `${name} has no canary.`);
    return;
  }
  if (version === undefined || share === undefined) {
    throw new TunewrightError('invalid_config', 'A canary needs a version and a share.', {
      advice: `tunewright models canary ${name} VERSION --share 0.1, or --off to end it.`,
    });
  }
  await broughtUp(context, { ...act, version }, options);
  const started = await (await context.records()).setCanary({ ...act, version, share }, await alive(context));
  out.data(started);
  out.say(
    `Version ${version} of ${name} gets ${formatShare(share)} of the calls, by the caller's key. ` +
      `The rest goes to version ${started.champion}.`,
  );
}
