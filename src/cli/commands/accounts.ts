import type { Command } from 'commander';
import type { Account } from '../../client.ts';
import type { Perform } from '../context.ts';
import { accountBlock } from '../render/accounts.ts';

export function accountsCommand(program: Command, perform: Perform): void {
  program
    .command('accounts')
    .description("show the job slots, the queue and the month's money of connections that have a limit")
    .action(() =>
      perform(async ({ client, out }) => {
        const accounts: Account[] = [];
        for await (const account of (await client()).accounts()) accounts.push(account);
        out.data(accounts);
        out.say(
          accounts.length > 0
            ? accounts.map((account) => accountBlock(account, out.paint)).join('\n\n')
            : 'No account: no run of a connection with a limit has asked for a slot or for money yet.',
        );
        return undefined;
      }),
    );
}
