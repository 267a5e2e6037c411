import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { TunewrightError } from '../../../contract/errors.ts';
import type { Context } from '../../context.ts';
import { duration } from '../../options.ts';

export interface WaitOptions {
  wait: number;
}

const lookAgainMs = 1_000;

/** The option of commands that put a version into service. */
export function waiting(command: Command): Command {
  return command.addOption(
    new Option('--wait <time>', 'how long a deployment is waited for, where the model is served under one')
      .argParser(duration)
      .default(duration('30m'), '30m'),
  );
}

/**
 * Sees the version's deployment answer before anything is switched to it, and has it made where none stands. Does nothing for
 * a model that is not served. Throws `not_deployed` when it was given up or does not answer in time, `temporal_unreachable`.
 */
export async function broughtUp(
  context: Context,
  { model, version, by }: { model: string; version: number; by: string },
  { wait }: WaitOptions,
): Promise<void> {
  const { settings, out } = context;
  const records = await context.records();
  const [{ answers, begin }, { createPlatforms }, { notDeployed }] = await Promise.all([
    import('../../../hosting/index.ts'),
    import('../../../platforms/registry.ts'),
    import('../../../records/index.ts'),
  ]);
  const hosting = { records, platforms: createPlatforms(settings.connections, settings) };
  const until = performance.now() + wait;
  const deployment = await begun();
  if (!deployment) return;
  // Also where it stands already: its keeper may have been ended by hand.
  await (await context.client()).keepDeployment(deployment);
  const { id, name, readyAt } = deployment;
  if (readyAt === undefined)
    out.note(`Deploying version ${version} of ${model} as ${name}; nothing is switched before it answers.`);
  while (!(await answers(hosting, id))) {
    if (performance.now() > until) throw notDeployed(model, version, 'does not answer in time; is a worker up?');
    await setTimeout(lookAgainMs);
  }

  /** One that is just being removed goes first. */
  async function begun() {
    for (;;) {
      try {
        return await begin(hosting, { model, version, by });
      } catch (error) {
        const passes = error instanceof TunewrightError && error.code === 'not_deployed' && error.retry === 'yes';
        if (!passes || performance.now() > until) throw error;
        await setTimeout(lookAgainMs);
      }
    }
  }
}
