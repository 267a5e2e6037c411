import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { MigrationHandle } from '../../client.ts';
import type { RunConfigInput } from '../../contract/config.ts';
import type { MigrationPlan, MigrationRequest } from '../../contract/migration.ts';
import { isPath } from '../../contract/source.ts';
import { attend } from '../attend.ts';
import { confirmed } from '../confirm.ts';
import type { Context, Perform } from '../context.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit.ts';
import { amountOf, duration, overrides } from '../options.ts';
import { migrationPlan } from '../render/migration.ts';
import type { Override } from '../run-file.ts';

const dayMs = 86_400_000;

interface Planned {
  request: MigrationRequest;
  plan: MigrationPlan;
}

type Target = Pick<MigrationRequest, 'connection' | 'baseModel'>;

interface MigrateOptions {
  to: Target;
  all?: boolean;
  within: number;
  train?: string;
  heldOut?: string;
  margin: number;
  budget?: number;
  approval?: 'automatic' | 'person';
  dryRun?: boolean;
  detach?: boolean;
  yes?: boolean;
  set?: Override[];
}

export function migrateCommand(program: Command, perform: Perform): void {
  program
    .command('migrate')
    .description('carry a registered model to another base or platform, proved no worse than the one in service')
    .argument('[model]', 'the registered model')
    .requiredOption('--to <connection/base>', 'where to, and which base model there', targetOf)
    .option('--all', 'every model that dies within the days of --within')
    .addOption(
      new Option('--within <time>', 'of --all: how far to look ahead').argParser(duration).default(90 * dayMs, '90d'),
    )
    .option('--train <source>', 'training data in place of those that are kept')
    .option('--held-out <source>', 'held-out examples in place of those that are kept')
    .addOption(
      new Option('--margin <points>', 'the most that the new model may lose, in points of the score')
        .argParser(marginOf)
        .default(0.02, '2'),
    )
    .addOption(new Option('--budget <usd>', 'of the run; twice its estimate when absent').argParser(amountOf))
    .addOption(new Option('--approval <who>', 'who promotes what has passed').choices(['automatic', 'person']))
    .option('--set <key=value>', 'change a field of the run that is planned', overrides)
    .option('--dry-run', 'plan and stop')
    .option('--detach', 'return as soon as it has started')
    .option('--yes', 'start without asking')
    .action((model: string | undefined, options: MigrateOptions, command: Command) => {
      if ((model === undefined) === (options.all !== true)) command.error("error: name a model, or give '--all'");
      return perform(async (context) => await migrate(context, model, options));
    });
}

async function migrate(context: Context, model: string | undefined, options: MigrateOptions): Promise<ExitCode> {
  const { out } = context;
  const names = model === undefined ? await dying(context, options.within / dayMs) : [model];
  if (names.length === 0) out.say('No model in service dies so soon.');
  const client = await context.client();
  const planned: Planned[] = [];
  for (const name of names) {
    const request = await requestOf(context, name, options);
    const plan = await client.planMigration(request);
    planned.push({ request, plan });
    out.data({ event: 'planned', plan });
    out.say(`${migrationPlan(plan, options.margin, out.paint)}\n`);
  }
  const ready = planned.filter(({ plan }) => plan.config);
  const refused = ready.length < planned.length ? exitCodes.failed : exitCodes.done;
  if (options.dryRun || ready.length === 0) return refused;
  const question = `Start ${ready.length === 1 ? 'this migration' : `these ${ready.length} migrations`}?`;
  if (!options.yes && !(await confirmed(context, question))) return exitCodes.failed;
  const handles = [];
  for (const one of ready) handles.push(await start(context, one));
  const [only, another] = handles;
  if (options.detach || !only || another) return refused;
  return await attendMigration(context, only);
}

async function start({ client, out }: Context, { request, plan }: Planned): Promise<MigrationHandle> {
  const handle = await (await client()).migrate(request, plan);
  const { name, url, joined } = handle;
  out.data({ event: 'started', model: request.model, name, url, joined });
  if (joined) out.note(`A migration of ${request.model} is under way already: what it was started with holds.`);
  out.say(`migration: ${name}${url ? `\nWeb UI:    ${url}` : ''}`);
  return handle;
}

/** Watches the migration's run to its end and tells what becomes of the old version. */
async function attendMigration(context: Context, migration: MigrationHandle): Promise<ExitCode> {
  const { out } = context;
  const interrupt = context.interrupts();
  const run = await migration.run({ signal: interrupt }).catch((error: unknown) => {
    if (!interrupt.aborted) throw error;
  });
  if (!run) {
    out.note('Stopped watching; the migration goes on. The same command follows it again.');
    return exitCodeOf(interrupt);
  }
  out.data({ event: 'run', name: run.name, url: run.url });
  out.say(`run:       ${run.name}`);
  const code = await attend(context, run, false);
  if (code !== exitCodes.done) return code;
  const { fallback } = await migration.result();
  if (fallback)
    out.say(`Version ${fallback.version} can be rolled back to until ${fallback.until}, and is retired then.`);
  return code;
}

async function dying({ settings, records, now }: Context, withinDays: number): Promise<string[]> {
  const [{ expiring, lifetimes }, { createPlatforms }] = await Promise.all([
    import('../../lifetimes/index.ts'),
    import('../../platforms/registry.ts'),
  ]);
  const platforms = createPlatforms(settings.connections, settings);
  const all = await lifetimes({ records: await records(), platforms, now: now() });
  return expiring(all, withinDays).flatMap(({ alias, model }) => (alias === 'champion' ? [model] : []));
}

async function requestOf({ directory }: Context, model: string, options: MigrateOptions): Promise<MigrationRequest> {
  const placed = (source: string) => (isPath(source) ? resolve(directory, source) : source);
  const { train, heldOut, margin, budget, approval } = options;
  const { changesOf } = await import('../run-file.ts');
  const changes: Partial<RunConfigInput> = changesOf(options.set ?? [], directory);
  return {
    model,
    ...options.to,
    margin,
    ...(train === undefined ? {} : { train: placed(train) }),
    ...(heldOut === undefined ? {} : { heldOut: placed(heldOut) }),
    ...(budget === undefined ? {} : { budgetUsd: budget }),
    changes: approval ? { ...changes, gate: { ...changes.gate, approval } } : changes,
  };
}

function targetOf(text: string): Target {
  const [, connection, baseModel] = /^([^/]+)\/(.+)$/.exec(text) ?? [];
  if (connection && baseModel) return { connection, baseModel };
  throw new InvalidArgumentError('It takes a connection and a base model there, such as azure/gpt-4.1-mini.');
}

/** Points of the score to a share. */
function marginOf(text: string): number {
  const points = amountOf(text);
  if (points > 0 && points < 100) return points / 100;
  throw new InvalidArgumentError('It takes points of the score above 0, such as 2.');
}
