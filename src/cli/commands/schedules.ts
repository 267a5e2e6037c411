import { type Command, Option } from 'commander';
import type { ScheduleSummary, Schedules } from '../../client.ts';
import type { MigrationOrder } from '../../contract/migration.ts';
import type { Context, Perform } from '../context.ts';
import { type MigrationOptions, migrationOptions, migrationRequest } from '../migration-options.ts';
import { duration } from '../options.ts';
import { scheduleTable } from '../render/schedules.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface ScheduledMigration extends MigrationOptions {
  cron: string;
  within: number;
  warnWithin: number;
  grace: number;
}

export function schedulesCommand(program: Command, perform: Perform): void {
  const schedules = program
    .command('schedules')
    .description(
      'runs, checks of the catalogue and of what dies soon, and migrations of that, that start by the clock',
    );
  schedules
    .command('create')
    .description('start a run each time a cron line says so; skipped while the one before it goes on')
    .argument('<name>', 'name of the schedule')
    .requiredOption('--cron <line>', 'five fields, in UTC, such as "0 3 * * 1"')
    .requiredOption('--file <file>', 'the run, as for `tunewright run`')
    .action((name: string, options: { cron: string; file: string }) =>
      perform((context) => create(context, name, options)),
    );
  schedules
    .command('check-catalogue')
    .description("set the catalogue against each platform's own list of models each time a cron line says so")
    .argument('<name>', 'name of the schedule')
    .requiredOption('--cron <line>', 'five fields, in UTC, such as "0 6 * * *"')
    .action((name: string, { cron }: { cron: string }) => perform((context) => checkCatalogue(context, name, cron)));
  schedules
    .command('check-expiring')
    .description('tell of versions in service that die soon each time a cron line says so')
    .argument('<name>', 'name of the schedule')
    .requiredOption('--cron <line>', 'five fields, in UTC, such as "0 6 * * *"')
    .addOption(
      new Option('--within <time>', 'how far to look ahead, such as 90d')
        .argParser(duration)
        .default(duration('90d'), '90d'),
    )
    .action((name: string, options: { cron: string; within: number }) =>
      perform((context) => checkExpiring(context, name, options)),
    );
  migrationOptions(
    schedules
      .command('migrate')
      .description('carry over models in service that die soon each time a cron line says so; they are told of first')
      .argument('<name>', 'name of the schedule')
      .requiredOption('--cron <line>', 'five fields, in UTC, such as "0 6 * * *"'),
  )
    .addOption(
      new Option('--within <time>', 'with so much time left a model is carried over')
        .argParser(duration)
        .default(duration('60d'), '60d'),
    )
    .addOption(
      new Option('--warn-within <time>', 'with so much time left it is told of')
        .argParser(duration)
        .default(duration('90d'), '90d'),
    )
    .addOption(
      new Option('--grace <time>', 'how long before anything is paid its plan is told of')
        .argParser(duration)
        .default(duration('1d'), '1d'),
    )
    .action((name: string, options: ScheduledMigration) => perform((context) => migrate(context, name, options)));
  schedules
    .command('list')
    .description('list the schedules')
    .action(() => perform(list));
  for (const [verb, description, told] of steps) {
    schedules
      .command(verb)
      .description(description)
      .argument('<name>', 'the schedule')
      .action((name: string) =>
        perform(async ({ client, out }) => {
          await (await client()).schedules[verb](name);
          out.data({ name, done: verb });
          out.say(`The schedule ${name} ${told}.`);
          return undefined;
        }),
      );
  }
}

const steps = [
  ['pause', 'start no more runs', 'is paused'],
  ['resume', 'go on starting runs', 'goes on'],
  ['trigger', 'start a run now, beside the times of the schedule', 'starts a run now'],
  ['delete', 'remove the schedule; its runs stay', 'is deleted'],
] as const satisfies readonly [keyof Schedules, string, string][];

async function create(
  context: Context,
  name: string,
  { cron, file }: { cron: string; file: string },
): Promise<undefined> {
  const { client, out, directory } = context;
  const { readRunFile } = await import('../run-file.ts');
  const config = await readRunFile(file, [], directory);
  await (await client()).schedules.create({ name, cron, config });
  created(out, name);
  tellUnknown(context, config.connection, 'each run of the schedule will fail');
}

/** Whoever starts a run sees it fail; the clock's runs nobody watches. The workers may have a configuration of their own. */
function tellUnknown({ settings, out }: Context, connection: string, comes: string): void {
  if (Object.hasOwn(settings.connections, connection)) return;
  const where = 'unless the tunewright.json of the workers has it';
  out.note(`There is no connection "${connection}" here: ${where}, ${comes}.`);
}

async function checkCatalogue({ client, out }: Context, name: string, cron: string): Promise<undefined> {
  await (await client()).schedules.createCatalogueCheck({ name, cron });
  created(out, name);
}

async function checkExpiring(
  { client, out }: Context,
  name: string,
  { cron, within }: { cron: string; within: number },
): Promise<undefined> {
  await (await client()).schedules.createExpiringCheck({ name, cron, withinDays: within / dayMs });
  created(out, name);
}

async function migrate(context: Context, name: string, options: ScheduledMigration): Promise<undefined> {
  const { cron, within, warnWithin, grace } = options;
  const order: MigrationOrder = {
    request: await migrationRequest(context, options),
    withinDays: within / dayMs,
    warnWithinDays: warnWithin / dayMs,
    graceHours: grace / hourMs,
  };
  await (await context.client()).schedules.createMigration({ name, cron, order });
  created(context.out, name);
  tellUnknown(context, order.request.connection, 'no model can be carried over');
}

function created(out: Context['out'], name: string): void {
  out.data({ name, done: 'create' });
  out.say(`The schedule ${name} is created. \`tunewright schedules list\` tells its next times.`);
}

async function list({ client, out }: Context): Promise<undefined> {
  const schedules: ScheduleSummary[] = [];
  for await (const schedule of (await client()).schedules.list()) schedules.push(schedule);
  out.data(schedules);
  out.say(schedules.length > 0 ? scheduleTable(schedules, out.paint) : 'No schedules.');
}
