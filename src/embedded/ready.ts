import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { accepts } from './ports.ts';

const pauseMs = 25;

/**
 * Waits until a Temporal server at `host`:`port` serves `namespace`.
 *
 * @throws the signal's reason, when it is aborted first
 */
export async function untilServing(host: string, port: number, namespace: string, signal: AbortSignal): Promise<void> {
  // Before the port is open gRPC would wait a whole second between its tries.
  while (!(await accepts(host, port))) await sleep(pauseMs, undefined, { signal });
  const connection = await Connection.connect({ address: `${host}:${port}` });
  try {
    while (!(await serves(connection, namespace))) await sleep(pauseMs, undefined, { signal });
  } finally {
    await connection.close();
  }
}

async function serves(connection: Connection, namespace: string): Promise<boolean> {
  const answer = connection.withDeadline(Date.now() + 2_000, () =>
    connection.workflowService.describeNamespace({ namespace }),
  );
  return answer.then(
    () => true,
    () => false,
  );
}
