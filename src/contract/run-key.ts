/** What every run's key begins with, and so every remote name of this software. */
export const runKeyPrefix = 'tunewright-';

/**
 * The key that makes every remote create of a run findable. It hangs on the first execution of the chain and on the
 * attempt, both of which survive a reset of the workflow, so that even a run that is replayed from its start finds
 * the job it has paid.
 */
export function runKey(firstExecutionRunId: string, attempt: number): string {
  return `${runKeyPrefix}${firstExecutionRunId}-${attempt}`;
}

/** The key at the beginning of a remote name, and what it was made of; undefined for a name that is not a run's. */
export function parseRunKey(
  remoteName: string,
): { key: string; firstExecutionRunId: string; attempt: number } | undefined {
  const [key, firstExecutionRunId, attempt] =
    /^tunewright-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d+)(?=-|$)/.exec(remoteName) ?? [];
  if (key === undefined || firstExecutionRunId === undefined) return undefined;
  return { key, firstExecutionRunId, attempt: Number(attempt) };
}
