import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { accountsCommand } from './commands/accounts.ts';
import { adoptCommand } from './commands/adopt.ts';
import { cancelCommand } from './commands/cancel.ts';
import { convertCommand } from './commands/convert.ts';
import { decideCommand } from './commands/decide.ts';
import { deploymentsCommand } from './commands/deployments.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { gatewayCommand } from './commands/gateway.ts';
import { listCommand } from './commands/list.ts';
import { migrateCommand } from './commands/migrate.ts';
import { migrationsCommand } from './commands/migrations.ts';
import { modelsCommand } from './commands/models/index.ts';
import { pauseCommand } from './commands/pause.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { reportCommand } from './commands/report.ts';
import { resumeCommand } from './commands/resume.ts';
import { retrainCommand } from './commands/retrain.ts';
import { runCommand } from './commands/run.ts';
import { schedulesCommand } from './commands/schedules.ts';
import { showCommand } from './commands/show.ts';
import { simulatorCommand } from './commands/simulator.ts';
import { upCommand } from './commands/up.ts';
import { validateCommand } from './commands/validate.ts';
import { watchCommand } from './commands/watch.ts';
import { workerCommand } from './commands/worker.ts';
import { type Action, type Context, createContext } from './context.ts';
import { type ExitCode, exitCodes } from './exit.ts';
import { createOutput } from './output.ts';
import type { World } from './world.ts';

const commands = [
  upCommand,
  runCommand,
  watchCommand,
  listCommand,
  showCommand,
  reportCommand,
  cancelCommand,
  pauseCommand,
  resumeCommand,
  decideCommand,
  retrainCommand,
  convertCommand,
  validateCommand,
  evaluateCommand,
  adoptCommand,
  migrateCommand,
  migrationsCommand,
  modelsCommand,
  schedulesCommand,
  accountsCommand,
  reconcileCommand,
  deploymentsCommand,
  workerCommand,
  gatewayCommand,
  simulatorCommand,
  doctorCommand,
];

/** Runs one command line; resolves, never rejects, to the exit code of the process. */
export async function runProgram(argv: readonly string[], world: World): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = new Command('tunewright')
    .description('Durable fine-tuning pipelines on Temporal.')
    .version(version())
    .option('--json', 'machine output on stdout: one JSON document, or JSON lines for what goes on')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
    });
  const perform = async (action: Action): Promise<void> => {
    exitCode = await performed(action, world, program.opts<{ json?: boolean }>().json === true);
  };
  for (const command of commands) command(program, perform);

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

async function performed(action: Action, world: World, json: boolean): Promise<ExitCode> {
  const out = createOutput(world, json);
  let context: Context | undefined;
  try {
    context = await createContext(world, out);
    return (await action(context)) ?? exitCodes.done;
  } catch (error) {
    out.fail(error);
    return exitCodes.failed;
  } finally {
    await context?.close();
  }
}

/** As the package says; it lies two folders up from this file both as a source and compiled. */
function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
