import type { Command } from 'commander';
import { attend } from '../attend.ts';
import type { Context, Perform } from '../context.ts';
import { embeddedStack } from '../embedded.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit.ts';
import { overrides } from '../options.ts';
import type { Override } from '../run-file.ts';

interface RunOptions {
  name?: string;
  embedded?: boolean;
  detach?: boolean;
  set?: Override[];
}

export function runCommand(program: Command, perform: Perform): void {
  program
    .command('run')
    .description('start a run and watch it to its end')
    .argument('<file>', 'YAML or JSON; data paths in it start at its folder')
    .option('--name <name>', 'name of the run; one is chosen when absent')
    .option('--embedded', 'start Temporal, the simulated platform and a worker for this run, and stop them after it')
    .option('--detach', 'return as soon as the run has started')
    .option('--set <key=value>', 'change a setting of the file, as often as needed', overrides)
    .addHelpText(
      'after',
      '\nExample:\n  tunewright run examples/support-intents/run.yaml --set hyperparameters.epochs=3',
    )
    .action((file: string, options: RunOptions, command: Command) => {
      if (options.embedded && options.detach) {
        command.error(
          "error: option '--embedded' cannot be used with option '--detach': the stack ends with the command",
        );
      }
      return perform((context) => run(context, file, options));
    });
}

async function run(
  context: Context,
  file: string,
  { name, embedded, detach, set = [] }: RunOptions,
): Promise<ExitCode> {
  const { readRunFile } = await import('../run-file.ts');
  const config = await readRunFile(file, set, context.directory);
  const start = async (inside: Context) => {
    const client = await inside.client();
    const handle = await client.start(config, name === undefined ? {} : { name });
    inside.out.data({ event: 'started', name: handle.name, url: handle.url });
    inside.out.say(`run:     ${handle.name}${handle.url ? `\nWeb UI:  ${handle.url}` : ''}\n`);
    return handle;
  };
  if (detach) {
    await start(context);
    return exitCodes.done;
  }
  // From before the start on: an interrupt must not hide the name of a run that was started.
  const interrupt = context.interrupts();
  if (!embedded) return await attend(context, await start(context), false);

  const stack = await embeddedStack(context);
  try {
    if (interrupt.aborted) return exitCodeOf(interrupt);
    const code = await attend(stack.context, await start(stack.context), stack.owned);
    if (code === exitCodes.done && stack.owned)
      context.out.say(
        '\nThe embedded stack stops now; `tunewright up` brings its Web UI back, with the history of this run.',
      );
    return code;
  } finally {
    await stack.stop();
  }
}
