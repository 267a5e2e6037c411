import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context, Perform } from '../context.ts';
import { amountOf, portNumber } from '../options.ts';
import { untilInterrupted } from '../serving.ts';

interface SimulatorOptions {
  port: number;
  dataDir?: string;
  trainingSeconds?: number;
}

export function simulatorCommand(program: Command, perform: Perform): void {
  program
    .command('simulator')
    .description('serve a stand-in for the OpenAI platform whose models really learn; stays until Ctrl-C')
    .option('--port <port>', '0 takes any free one', portNumber, 4010)
    .option('--data-dir <folder>', 'where its state is kept; a folder in the home of tunewright when absent')
    .option('--training-seconds <seconds>', 'least time a job trains', amountOf)
    .action((options: SimulatorOptions) => perform((context) => simulator(context, options)));
}

async function simulator(context: Context, { port, dataDir, trainingSeconds }: SimulatorOptions): Promise<undefined> {
  const { settings, directory, out } = context;
  const interrupt = context.interrupts();
  const { startSimulator } = await import('../../simulator/index.ts');
  const server = await startSimulator({
    dataDir: dataDir === undefined ? join(settings.home, 'simulator') : resolve(directory, dataDir),
    port,
    ...(trainingSeconds === undefined ? {} : { trainingSeconds }),
  });
  out.data({ url: server.url });
  out.say(`simulated platform: ${server.url}`);
  await untilInterrupted(interrupt);
  await server.close();
}
