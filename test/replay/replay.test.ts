import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';

const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const histories = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));

/** What to do about it is part of the failure: whoever breaks determinism may never have heard of it. */
const whatToDo =
  'Runs that were started by an earlier version would fail here. Keep the order of commands, or put the change behind ' +
  'patched() of @temporalio/workflow; CONTRIBUTING.md tells how. Never record a history anew to make this pass.';

test.each(histories)('%s is replayed by the workflow as it is now', async (file) => {
  const codePath = process.env.TUNEWRIGHT_TEST_BUNDLE ?? '';
  const history = JSON.parse(readFileSync(`${folder}${file}`, 'utf8'));
  // Names of what a workflow starts may come from its own.
  const { workflowId } = history.events[0].workflowExecutionStartedEventAttributes;
  const replay = Worker.runReplayHistory({ workflowBundle: { codePath } }, history, workflowId);
  const failure = await replay.then(
    () => undefined,
    (error: Error) => `${error.message}\n${whatToDo}`,
  );
  expect(failure).toBeUndefined();
});

test('there are histories to replay', () => expect(histories.length).toBeGreaterThanOrEqual(10));
