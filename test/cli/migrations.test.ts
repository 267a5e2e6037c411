import type { MigrationState } from '../../src/client.ts';
import { result, training, waiting } from './samples.ts';
import { fakeClient, fakeHandle, fakeMigration, type } from './world.ts';

/** Types it where the name that is asked for is a migration. */
async function typed(line: string[], state: MigrationState = waiting) {
  const calls: unknown[] = [];
  const run = fakeHandle(calls, { name: 'migrate-a-k7fm' });
  const migration = fakeMigration(calls, { state: async () => state });
  const createClient = async () => ({
    ...fakeClient(calls, run),
    find: async () => ({ migration }),
    async *migrations() {
      yield migration;
    },
  });
  return { ...(await type(line, { createClient })), calls };
}

const name = waiting.name;
const begun: MigrationState = {
  ...waiting,
  progress: { ...(waiting.progress as object), stage: 'run', run: 'migrate-a-k7fm', askedUsd: 0.25 } as never,
};
const { verdict } = result;
const ended: MigrationState = {
  ...begun,
  ...{ status: 'succeeded', endedAt: '2027-01-05T09:00:00.000Z' },
  result: { model: 'a', run: 'migrate-a-k7fm', verdict, registered: { name: 'a', version: 3, promoted: true } },
};

test('one that waits is shown with its plan, and with what stops it', async () => {
  const { code, stdout } = await typed(['show', name]);
  expect(code).toBe(0);
  expect(stdout).toContain('migrate-tunewright-a  running  a to gpt-next on azure\n');
  expect(stdout).toContain(
    'waits until 2027-01-05T06:00:00.000Z; `tunewright cancel migrate-tunewright-a --reason TEXT` stops it before\n',
  );
  const asking = {
    ...waiting,
    progress: { ...waiting.progress, stage: 'ask', plan: waiting.plan, askedUsd: 0.25 } as never,
  };
  expect((await typed(['show', name], asking)).stdout).toContain('now         asking ft:old\npaid        $0.2500\n');
  expect(stdout).toContain('from           version 2, ft:old at openai, shut down on 2027-01-14\n');
});

test('one whose run is under way is shown with it, as text and as data', async () => {
  const { stdout } = await typed(['show', name], begun);
  expect(stdout).toContain('now         its run is under way\nrun         migrate-a-k7fm\n');
  expect(stdout).toContain(`${training().name}  running  `);
  const { stdout: data } = await typed(['show', name, '--json'], begun);
  expect(JSON.parse(data)).toMatchObject({ migration: { status: 'running' }, run: { progress: { stage: 'train' } } });
});

test('without a worker it is shown by what it was started with', async () => {
  const { progress: _, ...untold } = waiting;
  const { stdout } = await typed(['show', name], untold);
  expect(stdout).toContain('now         no worker tells where it is: `tunewright worker` starts one\n');
  expect(stdout).toContain('to             gpt-next at azure\n');
});

test('one that has ended tells how to go back, or what to do where the old version stays', async () => {
  const { stdout } = await typed(['show', name], ended);
  expect(stdout).toContain('The old version can be rolled back to (`tunewright models rollback a --reason TEXT`)');
  const kept = { ...ended.result, registered: { name: 'a', version: 3, promoted: false } } as never;
  const { stdout: told } = await typed(['show', name], { ...ended, result: kept });
  expect(told).toContain('The old version of a stays in service.\n');
  expect(told).toContain('`tunewright report migrate-a-k7fm --examples FILE` writes which answers were broken');
});

test('one that failed tells why and what to do', async () => {
  const reason = { code: 'run_cancelled', message: 'Its run was cancelled.', advice: 'Begin it again.' };
  const { stdout } = await typed(['show', name], { ...begun, status: 'failed', reason });
  expect(stdout).toContain('reason      Its run was cancelled. [run_cancelled]\nwhat to do  Begin it again.\n');
});

test.each([
  [['decide', name, 'promote'], 'It goes on with promote.\n'],
  [['pause', name], 'It pauses before the next stage.\n'],
  [['resume', name], 'It goes on.\n'],
])('%j is told to its run', async (line, message) => {
  expect(await typed(line, begun)).toMatchObject({
    stdout: message,
    calls: expect.arrayContaining([['get', 'migrate-a-k7fm']]),
  });
  expect(await typed(line)).toMatchObject({ code: 1, stderr: expect.stringContaining('has begun no run') });
});

test('cancelling it is told to the migration itself, and waited for where that is asked', async () => {
  const { calls, stdout } = await typed(['cancel', name, '--reason', 'A whim.']);
  expect(calls).toContainEqual(['cancel migration', 'A whim.']);
  expect(stdout).toContain(`\`tunewright show ${name}\` tells when it is done`);
  const cancelled = { ...waiting, status: 'cancelled' as const };
  const { stdout: waited } = await typed(['cancel', name, '--reason', 'A whim.', '--wait'], cancelled);
  expect(waited).toBe(`${name} ended as cancelled. Cost: none of a run, for it had begun none.\n`);
});

test('all are listed, with what waits for a person', async () => {
  const line = async (state: MigrationState) => (await typed(['migrations'], state)).stdout.split('\n')[1];
  expect(await line(waiting)).toMatch(/^a +azure\/gpt-next +running +grace +2027-01-0\S+ \S+ +migrate-tunewright-a$/);
  expect(await line(begun)).toMatch(/ running +running: train +2027/);
  expect(await line(ended)).toMatch(/ promoted +2027/);
  const { stdout } = await typed(['migrations', '--json'], begun);
  expect(JSON.parse(stdout)).toMatchObject([{ migration: { name }, run: { stage: 'train' } }]);
});
