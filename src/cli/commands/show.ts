import type { Command } from 'commander';
import type { MigrationHandle, RunHandle } from '../../client.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { Context, Perform } from '../context.ts';
import { evaluationTable, gateLines } from '../render/evaluation.ts';
import { migrationDetails } from '../render/migration-state.ts';
import { runDetails } from '../render/show.ts';
import { reportLine, saveReport } from '../reports.ts';

const defaultWidth = 120;

export function showCommand(program: Command, perform: Perform): void {
  program
    .command('show')
    .description('show everything known of a run, or of a migration and its run')
    .argument('<name>', 'the run or migration')
    .action((name: string) => perform((context) => show(context, name)));
}

async function show(context: Context, name: string): Promise<undefined> {
  const { run, migration } = await (await context.client()).find(name);
  if (run) context.out.data(await showRun(context, run));
  else await showMigration(context, migration);
}

/** Its state as data, its run's with it. */
async function showMigration(context: Context, migration: MigrationHandle): Promise<void> {
  const { client, out } = context;
  const { url } = migration;
  const state = await migration.state();
  out.say(migrationDetails(state, { url, paint: out.paint }));
  const begun = state.result?.run ?? state.progress?.run;
  if (begun !== undefined) out.say('');
  const run = begun === undefined ? undefined : await showRun(context, (await client()).get(begun));
  out.data({ migration: state, url, ...(run ? { run } : {}) });
}

async function showRun(context: Context, handle: RunHandle): Promise<object> {
  const { out, now } = context;
  const { name, url } = handle;
  const progress = await handle.progress();
  const result = progress.status === 'succeeded' ? await handle.result() : undefined;
  if (result && !('rivals' in result)) throw noRun(name);
  const saved = result && (await saveReport(name, result.report, context));
  const report = result && reportLine(saved, result.report);
  out.say(runDetails(progress, { url, report }, { width: out.width ?? defaultWidth, now: now(), paint: out.paint }));
  if (result) out.say(['', evaluationTable(result, out.paint), '', ...gateLines(result)].join('\n'));
  return { progress, url, result, report: saved };
}

function noRun(name: string): TunewrightError {
  return new TunewrightError('refused', `${name} is an evaluation without a run.`, {
    advice: `\`tunewright report ${name}\` writes what it has shown.`,
  });
}
