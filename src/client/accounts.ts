import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { type AccountView, accountName, accountQuery, accountType } from '../contract/account.ts';
import { runError } from './failures.ts';
import { quoted } from './list.ts';

/** The account of a connection: who holds its job slots, who waits, what the months have cost. */
export interface Account extends AccountView {
  connection: string;
}

/** Accounts that exist: one begins when a run of a connection with a limit first asks it. */
export async function* listAccounts(client: Client, taskQueue: string): AsyncGenerator<Account, void, void> {
  const prefix = accountName(taskQueue, '');
  const query = `WorkflowType = ${quoted(accountType)} AND ExecutionStatus = "Running"`;
  try {
    for await (const { workflowId } of client.workflow.list({ query })) {
      if (!workflowId.startsWith(prefix)) continue;
      const account = await accountOf(client, workflowId, workflowId.slice(prefix.length));
      if (account) yield account;
    }
  } catch (error) {
    throw runError('', error);
  }
}

/** Undefined for one that has ended in the meantime. */
async function accountOf(client: Client, workflowId: string, connection: string): Promise<Account | undefined> {
  try {
    return { connection, ...(await client.workflow.getHandle(workflowId).query(accountQuery)) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
