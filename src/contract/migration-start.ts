import { inputMemo } from './messages.ts';
import { type MigrationInput, migrationName } from './migration.ts';

/** How a migration is started, by whomever; its memo tells of it when no worker is up. */
export function migrationStart(input: MigrationInput) {
  const { taskQueue, request } = input;
  const { model, connection, baseModel } = request;
  return {
    workflowId: migrationName(taskQueue, model),
    args: [input] as [MigrationInput],
    staticSummary: `Carry ${model} over to ${connection}/${baseModel}`,
    memo: { [inputMemo]: input },
  };
}
