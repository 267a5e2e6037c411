import type { Command } from 'commander';
import type { ScheduleSummary, Schedules } from '../../client.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { Context, Perform } from '../context.ts';
import { scheduleTable } from '../render/schedules.ts';

export function schedulesCommand(program: Command, perform: Perform): void {
  const schedules = program
    .command('schedules')
    .description('runs, and checks of the catalogue, that start by the clock');
  schedules
    .command('create')
    .description('start a run each time a cron line says so; skipped while the one before it goes on')
    .argument('<name>', 'name of the schedule')
    .requiredOption('--cron <line>', 'five fields, in UTC, such as "0 3 * * 1"')
    .option('--file <file>', 'the run, as for `tunewright run`')
    .option('--catalogue', "in place of a run: set the catalogue against each platform's own list of models")
    .action((name: string, options: CreateOptions) => perform((context) => create(context, name, options)));
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

interface CreateOptions {
  cron: string;
  file?: string;
  catalogue?: true;
}

const steps = [
  ['pause', 'start no more runs', 'is paused'],
  ['resume', 'go on starting runs', 'goes on'],
  ['trigger', 'start a run now, beside the times of the schedule', 'starts a run now'],
  ['delete', 'remove the schedule; its runs stay', 'is deleted'],
] as const satisfies readonly [keyof Schedules, string, string][];

async function create({ client, out, directory }: Context, name: string, options: CreateOptions): Promise<undefined> {
  const { cron, file, catalogue } = options;
  if ((file === undefined) === (catalogue === undefined)) {
    throw new TunewrightError('invalid_config', 'A schedule starts a run or checks the catalogue.', {
      advice: 'Give either --file FILE or --catalogue.',
    });
  }
  if (file === undefined) {
    await (await client()).schedules.createCatalogueCheck({ name, cron });
  } else {
    const { readRunFile } = await import('../run-file.ts');
    const config = await readRunFile(file, [], directory);
    await (await client()).schedules.create({ name, cron, config });
  }
  out.data({ name, done: 'create' });
  out.say(`The schedule ${name} is created. \`tunewright schedules list\` tells its next times.`);
}

async function list({ client, out }: Context): Promise<undefined> {
  const schedules: ScheduleSummary[] = [];
  for await (const schedule of (await client()).schedules.list()) schedules.push(schedule);
  out.data(schedules);
  out.say(schedules.length > 0 ? scheduleTable(schedules, out.paint) : 'No schedules.');
}
