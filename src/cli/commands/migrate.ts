import { type Command, Option } from 'commander';
import type { StartedMigration } from '../../client.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationPlan, MigrationRequest } from '../../contract/migration.ts';
import { attendMigration } from '../attend-migration.ts';
import { confirmed } from '../confirm.ts';
import type { Context, Perform } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { type MigrationOptions, migrationOptions, migrationRequest, placed } from '../migration-options.ts';
import { duration } from '../options.ts';
import { leftOut, migrationPlan } from '../render/migration.ts';

const dayMs = 86_400_000;

interface MigrateOptions extends MigrationOptions {
  all?: boolean;
  within: number;
  train?: string;
  heldOut?: string;
  dryRun?: boolean;
  detach?: boolean;
  yes?: boolean;
}

interface Planned {
  request: MigrationRequest;
  plan: MigrationPlan;
}

/** Named with what is in its way, as a plan is that cannot be done. */
interface Unplanned extends Pick<MigrationPlan, 'model' | 'obstacles'> {
  config?: never;
}

export function migrateCommand(program: Command, perform: Perform): void {
  migrationOptions(
    program
      .command('migrate')
      .description('carry a registered model to another base or platform, proved no worse than the one in service')
      .argument('[model]', 'the registered model'),
  )
    .option('--all', 'every model that dies within the days of --within')
    .addOption(
      new Option('--within <time>', 'of --all: how far to look ahead').argParser(duration).default(90 * dayMs, '90d'),
    )
    .option('--train <source>', 'training data in place of those that are kept')
    .option('--held-out <source>', 'held-out examples in place of those that are kept')
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
  const several = names.length > 1;
  const ready: Planned[] = [];
  const left: (MigrationPlan | Unplanned)[] = [];
  for (const name of names) {
    const request = await requestOf(context, name, options);
    const plan = await planOf(context, request, { several, margin: options.margin });
    if (plan.config) ready.push({ request, plan });
    else left.push(plan);
  }
  const refused = left.length > 0 ? exitCodes.failed : exitCodes.done;
  const sayLeft = () => {
    if (several && left.length > 0) out.say(leftOut(left));
  };
  if (options.dryRun || ready.length === 0) {
    if (ready.length > 0) out.say('Nothing was begun: the same without --dry-run begins it.');
    sayLeft();
    return refused;
  }
  const question = `Start ${ready.length === 1 ? 'this migration' : `these ${ready.length} migrations`}?`;
  if (!options.yes && !(await confirmed(context, question))) return exitCodes.failed;
  const handles = [];
  for (const one of ready) handles.push(await start(context, one));
  const [only, another] = handles;
  if (options.detach || !only || another) {
    sayLeft();
    out.note('Not watched from here: `tunewright migrations` shows them all, `tunewright watch NAME` follows one.');
    return refused;
  }
  const ended = await attendMigration(context, only);
  sayLeft();
  return ended === exitCodes.done ? refused : ended;
}

/**
 * Tells what a migration comes to. Of several models one that cannot even be planned keeps none of the others. Throws what
 * planning a single one does.
 */
async function planOf(
  { out, client }: Context,
  request: MigrationRequest,
  { several, margin }: { several: boolean; margin: number },
): Promise<MigrationPlan | Unplanned> {
  try {
    const plan = await (await client()).planMigration(request);
    out.data({ event: 'planned', plan });
    out.say(`${migrationPlan(plan, margin, out.paint)}\n`);
    return plan;
  } catch (error) {
    if (!several || !(error instanceof TunewrightError)) throw error;
    const { model } = request;
    const { code, message, advice } = error;
    out.data({ event: 'unplanned', model, code, message, advice });
    out.note(`${model} could not be planned: ${message} ${advice} [${code}]\n`);
    return { model, obstacles: [{ code, message, advice }] };
  }
}

async function start({ client, out }: Context, { request, plan }: Planned): Promise<StartedMigration> {
  const handle = await (await client()).migrate(request, plan);
  const { name, url, joined } = handle;
  out.data({ event: 'started', model: request.model, name, url, joined });
  if (joined) out.note(`A migration of ${request.model} is under way already: what it was started with holds.`);
  out.say(`migration: ${name}${url ? `\nWeb UI:    ${url}` : ''}`);
  return handle;
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

async function requestOf(context: Context, model: string, options: MigrateOptions): Promise<MigrationRequest> {
  const { train, heldOut } = options;
  const { directory } = context;
  return {
    model,
    ...(await migrationRequest(context, options)),
    ...(train === undefined ? {} : { train: placed(directory, train) }),
    ...(heldOut === undefined ? {} : { heldOut: placed(directory, heldOut) }),
  };
}
