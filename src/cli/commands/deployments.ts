import type { Command } from 'commander';
import { TunewrightError } from '../../contract/errors.ts';
import type { VersionDeployment } from '../../contract/hosting.ts';
import type { Standing } from '../../reconcile/standing.ts';
import { confirmed } from '../confirm.ts';
import type { Context, Perform } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { endedReport, removalQuestion, standingReport } from '../render/deployments.ts';

interface DeploymentsOptions {
  connection?: string[];
  remove?: string;
  ended?: boolean;
  yes: boolean;
}

export function deploymentsCommand(program: Command, perform: Perform): void {
  program
    .command('deployments')
    .description('show the deployments that stand, whose they are, and what they cost and have cost')
    .option('--connection <names...>', 'only these connections; all whose key is set otherwise')
    .option('--ended', 'those of versions that have ended, with what each has cost')
    .option('--remove <name>', 'remove this one')
    .option('--yes', 'remove it without asking', false)
    .action((options: DeploymentsOptions) => perform((context) => deployments(context, options)));
}

async function deployments(context: Context, options: DeploymentsOptions): Promise<ExitCode> {
  const { settings, out, now } = context;
  const records = await context.records();
  if (options.ended)
    return ended(
      context,
      (await records.listDeployments()).filter(({ endedAt }) => endedAt),
    );
  const [{ standing }, { connect }, { createPlatforms }] = await Promise.all([
    import('../../reconcile/standing.ts'),
    import('../../client/connect.ts'),
    import('../../platforms/registry.ts'),
  ]);
  const platforms = createPlatforms(settings.connections, settings);
  const client = await connect(settings.temporal);
  try {
    const at = now();
    const recorded = await records.listDeployments({ standing: true });
    const found = await standing({ client, platforms, connections: options.connection, recorded, now: at.getTime() });
    if (options.remove !== undefined) return await removed(context, found, options.remove, options.yes);
    out.data(found);
    out.say(standingReport(found, { now: at, paint: out.paint }));
    return found.problems.length > 0 ? exitCodes.failed : exitCodes.done;
  } finally {
    await client.connection.close();
  }

  async function removed(
    { out }: Context,
    found: Awaited<ReturnType<typeof standing>>,
    name: string,
    yes: boolean,
  ): Promise<ExitCode> {
    const { removable } = await import('../../reconcile/standing.ts');
    const one = removable(found, name);
    if (!yes && !(await confirmed(context, removalQuestion(one)))) {
      out.say('It stays.');
      return exitCodes.failed;
    }
    await letGo(one);
    const at = platforms.get(one.connection).deployments;
    await at?.remove(name);
    const gone = (await at?.state(name)) === 'gone';
    out.data({ ...one, gone });
    out.say(gone ? `${name} is removed.` : `${name} is being removed; it costs until it is gone.`);
    return exitCodes.done;
  }

  /** Lest its keeper makes it again: that one sees it gone. */
  async function letGo({ connection, name }: Standing): Promise<void> {
    const kept = await records.listDeployments({ standing: true });
    const of = kept.find((other) => other.connection === connection && other.name === name);
    if (of && !(await records.leaveDeployment(of.id, 'It was removed by hand.'))) {
      throw new TunewrightError('conflict', `The deployment ${name} went into service just now.`, {
        advice: 'Look at `tunewright deployments` again.',
      });
    }
  }
}

function ended({ out }: Context, list: VersionDeployment[]): ExitCode {
  out.data(list);
  out.say(endedReport(list, out.paint));
  return exitCodes.done;
}
