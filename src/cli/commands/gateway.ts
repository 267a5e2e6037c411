import type { Command } from 'commander';
import type { Context, Perform } from '../context.ts';
import { portNumber } from '../options.ts';
import { untilInterrupted } from '../serving.ts';

interface GatewayOptions {
  port: number;
  host: string;
}

export function gatewayCommand(program: Command, perform: Perform): void {
  program
    .command('gateway')
    .description(
      'serve HTTP: webhooks of the platforms, registered models, the API of OpenAI, health, metrics; stays until Ctrl-C',
    )
    .option('--port <port>', '0 takes any free one', portNumber, 8787)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .action((options: GatewayOptions) => perform((context) => gateway(context, options)));
}

async function gateway({ settings, out, interrupts }: Context, { host, port }: GatewayOptions): Promise<undefined> {
  const interrupt = interrupts();
  const { startGateway } = await import('../../gateway/index.ts');
  const server = await startGateway(settings, { host, port });
  out.data({ url: server.url });
  out.say(`gateway: ${server.url}`);
  await untilInterrupted(interrupt);
  await server.close();
}
