import { Client, Connection } from '@temporalio/client';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { testTemporal, timeSkipping, unique } from './temporal.ts';

const attributes = [
  { key: searchAttributes.stage, value: 'train' },
  { key: searchAttributes.score, value: 0.5 },
];

/** Starts a workflow that nobody runs and reads its search attributes back. */
async function written(client: Client): Promise<unknown[]> {
  const workflowId = unique('attributes');
  const handle = await client.workflow.start('anything', {
    workflowId,
    taskQueue: unique('none'),
    typedSearchAttributes: attributes,
  });
  const { typedSearchAttributes } = await handle.describe();
  return [typedSearchAttributes.get(searchAttributes.stage), typedSearchAttributes.get(searchAttributes.score)];
}

test('the shared dev server knows the search attributes of the project', async () => {
  const connection = await Connection.connect({ address: testTemporal() });
  expect(await written(new Client({ connection }))).toEqual(['train', 0.5]);
  await connection.close();
});

test('the time-skipping server knows them too, and skips', async () => {
  const environment = await timeSkipping();
  try {
    const before = await environment.currentTimeMs();
    const began = Date.now();
    await environment.sleep('1 day');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(24 * 60 * 60 * 1000);
    expect(Date.now() - began).toBeLessThan(60_000);
    // A running workflow that nobody works on holds time still: last.
    expect(await written(environment.client)).toEqual(['train', 0.5]);
  } finally {
    await environment.teardown();
  }
});
