import { randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { searchAttributeTypes } from '../../src/contract/search-attributes.ts';

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const indexedValueType = { Keyword: 2, Double: 4 };

/** Address of the dev server that the tests share, with the project's search attributes; namespace `default`. */
export const testTemporal = (): string => fromSetup('TUNEWRIGHT_TEST_TEMPORAL');

/** Path of the `temporal` command, for a test that wants a dev server of its own. */
export const temporalBinary = (): string => fromSetup('TEMPORAL_CLI_PATH');

/** A name that no other test uses: for task queues and workflow ids. */
export const unique = (name: string): string => `${name}-${randomUUID()}`;

/**
 * A time-skipping server with the project's search attributes. End it with `teardown()` whatever happens: jest cannot
 * exit while it runs. Time stands still there while a workflow runs that no worker serves.
 */
export async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: fromSetup('TEMPORAL_TEST_SERVER_PATH') } },
  });
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(searchAttributeTypes).map(([name, type]) => [name, indexedValueType[type]]),
    ),
  });
  return environment;
}

function fromSetup(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: jest's globalSetup sets it`);
  return value;
}
