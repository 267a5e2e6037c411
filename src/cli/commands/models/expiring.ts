import { type Command, Option } from 'commander';
import type { Context, Perform } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit.ts';
import { duration } from '../../options.ts';
import { expiringReport } from '../../render/expiring.ts';

const dayMs = 86_400_000;

export function expiringCommand(models: Command, perform: Perform): void {
  models
    .command('expiring')
    .description('tell what dies when, until when it can be moved, and to what; exits with 3 when something is due')
    .addOption(
      new Option('--within <time>', 'how far to look ahead, such as 90d')
        .argParser(duration)
        .default(duration('90d'), '90d'),
    )
    .action(({ within }: { within: number }) => perform((context) => tell(context, within / dayMs)));
}

async function tell({ settings, records, out, now }: Context, withinDays: number): Promise<ExitCode> {
  const [{ lifetimes, expiring }, { createPlatforms }] = await Promise.all([
    import('../../../lifetimes/index.ts'),
    import('../../../platforms/registry.ts'),
  ]);
  const platforms = createPlatforms(settings.connections, settings);
  const all = await lifetimes({ records: await records(), platforms, now: now() });
  const due = expiring(all, withinDays);
  out.data({ today: all.today, withinDays, lead: all.lead, inService: all.versions.length, expiring: due });
  for (const { model, version, trouble } of all.versions) {
    if (trouble) out.note(`The platform of version ${version} of ${model} could not be asked: ${trouble}`);
  }
  out.say(expiringReport({ ...all, due, withinDays }, out.paint));
  return due.length > 0 ? exitCodes.due : exitCodes.done;
}
