import { migrationPlan } from '../../src/cli/render/migration.ts';
import { plain } from '../../src/cli/render/text.ts';
import type { MigrationPlan } from '../../src/contract/migration.ts';
import { type } from './world.ts';

test.each([
  [['migrate', 'a', '--to', 'azure'], /It takes a connection and a base model there/],
  [['migrate', 'a', '--to', 'azure/b', '--margin', '0'], /points of the score above 0/],
  [['migrate', '--to', 'azure/b'], /name a model, or give '--all'/],
  [['migrate', 'a', '--all', '--to', 'azure/b'], /name a model, or give '--all'/],
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

const plan: MigrationPlan = {
  model: 'support',
  from: { version: 2, connection: 'openai', modelId: 'ft:old', baseModel: 'gpt', shutdownDate: '2027-01-14' },
  to: { connection: 'azure', platform: 'azure', baseModel: 'gpt-next' },
  method: 'supervised',
  obstacles: [{ code: 'data_gone', message: 'Its training data are gone.', advice: 'Give some with --train FILE.' }],
  notes: ['A note.'],
  heldOut: { examples: 100, seen: false, recorded: true, smallestMargin: 0.0886, neededForMargin: 1963 },
  days: { old: 47 },
};

test('a plan tells from where to where, what the sample can show, and what is in the way', () => {
  expect(migrationPlan(plan, 0.02, plain)).toBe(`plan
model          support
from           version 2, ft:old at openai, shut down on 2027-01-14 (in 47 days)
to             gpt-next at azure
method         supervised
held out       100 examples; its answers are recorded
no worse than  2.0 points below the old one, at 95%; about 1,963 examples would show that surely, these show 8.9 points

note: A note.

in the way: Its training data are gone. [data_gone]
  what to do: Give some with --train FILE.`);
});
