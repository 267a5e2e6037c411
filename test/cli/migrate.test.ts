import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationPlan } from '../../src/cli/render/migration.ts';
import { plain } from '../../src/cli/render/text.ts';
import { parseRunConfig } from '../../src/contract/config.ts';
import { TunewrightError } from '../../src/contract/errors.ts';
import type { MigrationPlan } from '../../src/contract/migration.ts';
import { openRecords } from '../../src/records/index.ts';
import { newVersion } from '../records/support/samples.ts';
import { result, succeeded } from './samples.ts';
import { fakeClient, fakeHandle, fakeMigration, settings, shows, type } from './world.ts';

test.each([
  [['migrate', 'a', '--to', 'azure'], /It takes a connection and a base model there/],
  [['migrate', 'a', '--to', 'azure/b', '--margin', '0'], /points of the score above 0/],
  [['migrate', '--to', 'azure/b'], /name a model, or give '--all'/],
  [['migrate', 'a', '--all', '--to', 'azure/b'], /name a model, or give '--all'/],
  [['migrate', 'a', '--to', 'azure/b', '--to', 'own/c'], /have to be at one connection/],
])('%j is wrong use', async (line, message) => {
  expect(await type(line)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});

test('what is typed is what is planned', async () => {
  const line = [
    'migrate',
    'a',
    '--to',
    'own/Qwen/Qwen3-0.6B',
    '--margin',
    '1.5',
    '--approval',
    'person',
    '--set',
    'seed=3',
  ];
  const { calls } = await type(line);
  const changes = { seed: 3, gate: { approval: 'person' } };
  const to = { connection: 'own', baseModel: 'Qwen/Qwen3-0.6B' };
  expect(calls).toContainEqual(['plan migration', { model: 'a', ...to, margin: 0.015, changes }]);
});

test('fields of the run come from a file too, and from the command line over it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tunewright-migrate-'));
  await writeFile(join(directory, 'fields.yaml'), 'seed: 3\nevaluation:\n  prompted:\n    examples: 20\n');
  const line = ['migrate', 'a', '--to', 'azure/b', '--config', 'fields.yaml', '--set', 'seed=4'];
  const { calls } = await type(line, { directory });
  const changes = { seed: 4, evaluation: { prompted: { examples: 20 } } };
  expect(calls).toContainEqual(['plan migration', expect.objectContaining({ model: 'a', changes })]);
  await rm(directory, { recursive: true });
});

test('of several bases at a connection each is tried', async () => {
  const { calls } = await type(['migrate', 'a', '--to', 'azure/b', '--to', 'azure/c', '--to', 'azure/d']);
  const to = { connection: 'azure', baseModel: 'b', otherBases: ['c', 'd'] };
  expect(calls).toContainEqual(['plan migration', { model: 'a', ...to, margin: 0.02, changes: {} }]);
});

/** Types it where every model has a plan that can be done, and its migration ends well. */
async function migrate(line: string[]) {
  const calls: unknown[] = [];
  const run = fakeHandle(calls, { name: 'migrate-a-k7fm', watch: shows(succeeded()) });
  const migration = fakeMigration(calls, {
    async *watch() {
      yield { model: 'a', to: { connection: 'azure', baseModel: 'gpt-next' }, stage: 'ask' as const };
    },
    run: async () => run,
    result: async () => ({
      ...{ model: 'a', run: run.name, verdict: result.verdict },
      askedUsd: 0.25,
      fallback: { version: 2, until: '2027-01-14', retirement: 'retire-tunewright-a-2' },
    }),
  });
  const typed = await type(['migrate', ...line], {
    createClient: async () => ({
      ...fakeClient(calls, run),
      planMigration: async ({ model }) => ({ ...possible, model }),
      async migrate({ model }, confirmed) {
        calls.push(['migrate', model, confirmed?.config?.budgetUsd]);
        return { ...migration, joined: false };
      },
    }),
  });
  return { ...typed, calls };
}

test('old models can be asked, by questions of a file or by those of the training data', async () => {
  const line = ['migrate', 'a', '--to', 'azure/b', '--distil'];
  const asked = async (...more: string[]) => {
    const { calls } = await type([...line, ...more], { directory: '/here' });
    return (calls.find((call) => Array.isArray(call) && call[0] === 'plan migration') as [string, object])[1];
  };
  expect(await asked()).toMatchObject({ distil: {} });
  expect(await asked('q.jsonl', '--distil-budget', '3')).toMatchObject({
    distil: { inputs: '/here/q.jsonl', budgetUsd: 3 },
  });
});

test('a schedule is given what dies when, and how long people have to stop it', async () => {
  const line = ['schedules', 'migrate', 'saving', '--cron', '0 6 * * *', '--to', 'azure/b', '--within', '30d'];
  const { calls, stderr } = await type([...line, '--grace', '12h', '--approval', 'person']);
  expect(stderr).toContain('There is no connection "azure" here');
  const request = {
    ...{ connection: 'azure', baseModel: 'b', margin: 0.02 },
    changes: { gate: { approval: 'person' } },
  };
  const order = { request, withinDays: 30, warnWithinDays: 90, graceHours: 12 };
  expect(calls).toContainEqual(['schedule migration', { name: 'saving', cron: '0 6 * * *', order }]);
});

test('what was planned and confirmed is what is begun, and its run is watched to the end', async () => {
  const { code, stdout, calls } = await migrate(['a', '--to', 'azure/gpt-next', '--yes']);
  expect(code).toBe(0);
  expect(calls).toContainEqual(['migrate', 'a', 7]);
  expect(stdout).toContain('migration: migrate-tunewright-a\n');
  expect(stdout).toContain('asking the old model\nrun:       migrate-a-k7fm\n');
  expect(stdout).toContain(
    '\nVersion 2 can be rolled back to until 2027-01-14 (`tunewright models rollback a --reason TEXT`), and is retired then.\n',
  );
});

test('with --detach it returns when it has begun, with --dry-run before', async () => {
  const { stdout } = await migrate(['a', '--to', 'azure/gpt-next', '--yes', '--detach', '--json']);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toMatchObject([
    { event: 'planned', plan: { model: 'a' } },
    { event: 'started', model: 'a', name: 'migrate-tunewright-a', joined: false },
  ]);
  const { calls } = await migrate(['a', '--to', 'azure/gpt-next', '--dry-run']);
  expect(calls.flat()).not.toContain('migrate');
});

/** Types `migrate --all` where three models die soon, of which one alone has a plan that can be done. */
async function migrateAll(...more: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-migrate-'));
  const path = join(folder, 'records.sqlite');
  const records = await openRecords(path);
  for (const [i, model] of ['claims', 'desk', 'orders'].entries()) {
    await records.registerVersion(newVersion(i, { model, baseModel: 'gpt-4.1-mini-2025-04-14' }));
    await records.promote({ model, version: 1, by: 'kim', requestId: model });
  }
  await records.close();
  const connections = { openai: { platform: 'openai' } };
  const run = fakeHandle([], { name: 'migrate-desk-k7fm', watch: shows(succeeded()) });
  const migration = fakeMigration([], {
    run: async () => run,
    result: async () => ({ model: 'desk', run: run.name, verdict: result.verdict }),
  });
  const typed = await type(['migrate', '--all', '--to', 'azure/gpt-next', ...more], {
    loadSettings: async () => settings({ records: path, connections }),
    createClient: async () => ({
      ...fakeClient([], run),
      async planMigration({ model }) {
        if (model === 'claims')
          throw new TunewrightError('artifact_missing', 'Its kit is gone.', { advice: 'Give data.' });
        return model === 'desk' ? { ...possible, model } : { ...plan, model };
      },
      migrate: async () => ({ ...migration, joined: false }),
    }),
  });
  await rm(folder, { recursive: true });
  return typed;
}

test('of all that die soon one that cannot be planned keeps none of the others, and is told', async () => {
  const { code, stdout, stderr } = await migrateAll('--dry-run');
  expect(code).toBe(1);
  expect(stderr).toContain('claims could not be planned: Its kit is gone. Give data. [artifact_missing]\n');
  expect(stdout).toMatch(/^model +desk$/m);
});

test.each([[['--dry-run']], [['--yes']], [['--yes', '--detach']]])(
  'of all that die soon those with something in the way are named once more at the end: %j',
  async (more) => {
    const { code, stdout } = await migrateAll(...more);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /\nNot carried over, for something is in the way: claims \(artifact_missing\), orders \(data_gone\)\.\n$/,
    );
  },
);

test('nothing is begun where nobody can be asked', async () => {
  const { code, stderr, calls } = await migrate(['a', '--to', 'azure/gpt-next']);
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('Start this migration?') });
  expect(calls.flat()).not.toContain('migrate');
});

const plan: MigrationPlan = {
  model: 'support',
  from: { version: 2, connection: 'openai', modelId: 'ft:old', baseModel: 'gpt', shutdownDate: '2027-01-14' },
  to: { connection: 'azure', platform: 'azure', baseModel: 'gpt-next' },
  method: 'supervised',
  obstacles: [{ code: 'data_gone', message: 'Its training data are gone.', advice: 'Give some with --train FILE.' }],
  notes: ['A note.'],
  heldOut: { examples: 100, seen: 0, recorded: true, smallestMargin: 0.0886, neededForMargin: 1963 },
  days: { old: 47 },
};

const config = parseRunConfig({ connection: 'azure', model: 'gpt-next', data: { train: 'a.jsonl' }, budgetUsd: 7 });
const possible: MigrationPlan = { ...plan, obstacles: [], config };

test('the other bases of a plan stand below the first, with their dates and prices', () => {
  const price = { training: 1, input: 0.1, output: 0.4 };
  const others = [{ baseModel: 'gpt-tiny', shutdownDate: '2028-01-01', price }];
  expect(migrationPlan({ ...possible, others }, 0.02, plain)).toContain(`
to             gpt-next at azure
or             gpt-tiny, shut down on 2028-01-01; $0.1000 in, $0.4000 out a million tokens; training $1.00
method         supervised
`);
});

test.each([
  [100, 'held out       100 examples, which the old model has learnt; its'],
  [40, 'held out       100 examples, 40 of which the old model has learnt; its'],
])('of the held-out examples %d have been learnt by the old model', (seen, line) => {
  const heldOut = { examples: 100, seen, recorded: true, smallestMargin: 0.08, neededForMargin: 1963 };
  expect(migrationPlan({ ...possible, heldOut }, 0.02, plain)).toContain(line);
});

test('a plan tells from where to where, what the sample can show, and what is in the way', () => {
  expect(migrationPlan(plan, 0.02, plain)).toBe(`plan
model          support
from           version 2, ft:old at openai, shut down on 2027-01-14 (in 47 days)
to             gpt-next at azure
method         supervised
held out       100 examples; its answers are recorded
no worse than  2.0 points below the old one, at 95%; about 1,963 examples would show that in 8 of 10 runs, these show 8.9 points

note: A note.

in the way: Its training data are gone. [data_gone]
  what to do: Give some with --train FILE.`);
});
