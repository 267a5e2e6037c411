import { parseRunKey, runKey } from '../../src/contract/run-key.ts';

const firstExecutionRunId = '019aa3b2-7c41-7d0e-9a55-0123456789ab';

test('a key, and every name that begins with it, tells what it was made of', () => {
  const key = `tunewright-${firstExecutionRunId}-12`;
  expect(runKey(firstExecutionRunId, 12)).toBe(key);
  const made = { key, firstExecutionRunId, attempt: 12 };
  expect(parseRunKey(key)).toEqual(made);
  expect(parseRunKey(`${key}-train-0123456789abcdef.jsonl`)).toEqual(made);
});

test.each([
  'tunewright-notes-1.jsonl',
  `my-tunewright-${firstExecutionRunId}-1`,
  `tunewright-${firstExecutionRunId}`,
  `tunewright-${firstExecutionRunId}-1a`,
])('%s is no key', (name) => {
  expect(parseRunKey(name)).toBeUndefined();
});
