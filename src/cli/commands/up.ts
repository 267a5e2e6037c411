import type { Command } from 'commander';
import type { Context, Perform } from '../context.ts';
import { portNumber } from '../options.ts';
import { untilInterrupted } from '../serving.ts';

export function upCommand(program: Command, perform: Perform): void {
  program
    .command('up')
    .description('start the embedded stack: Temporal, a simulated platform and a worker; stays until Ctrl-C')
    .option('--ui-port <port>', 'port of the Temporal Web UI; 0 takes any free one', portNumber, 8233)
    .action((options: { uiPort: number }) => perform((context) => up(context, options.uiPort)));
}

async function up({ settings, out, env, startStack, interrupts }: Context, uiPort: number): Promise<undefined> {
  const interrupt = interrupts();
  const { stack, stop } = await startStack({ home: settings.home, env, log: out.note, uiPort });
  try {
    out.data(stack);
    out.say(
      [
        `Temporal Web UI     ${stack.uiUrl}`,
        `Temporal            ${stack.temporalAddress}`,
        `simulated platform  ${stack.simulatorUrl} (connection "simulator")`,
        `state               ${settings.home}`,
        '',
        'In another terminal, in this folder, with a run of your own data that says `connection: simulator` and',
        '`model: stand-in-mini`, or with the sample, examples/support-intents/run.yaml of the clone:',
        '  tunewright run run.yaml',
        '  tunewright list',
        '',
        'Ctrl-C stops the stack; runs are kept and go on at the next `tunewright up`.',
      ].join('\n'),
    );
    await untilInterrupted(interrupt);
  } finally {
    await stop();
  }
}
