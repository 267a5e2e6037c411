import type { MigrationRequest } from '../../src/contract/migration.ts';
import { checkMigrationOrder, checkMigrationRequest } from '../../src/contract/migration-request.ts';

const request: MigrationRequest = { model: 'support', connection: 'azure', baseModel: 'gpt', margin: 0.02 };
const whole: MigrationRequest = {
  ...request,
  otherBases: ['other'],
  train: 'a.jsonl',
  heldOut: 'b.jsonl',
  distil: { inputs: 'c.jsonl', budgetUsd: 1 },
  budgetUsd: 5,
  changes: { pollSeconds: 1, tries: [{ model: 'gpt' }, { model: 'other' }] },
};

test('a request is taken as it is, and so is what a schedule asks of every model', () => {
  const { model: _, ...order } = whole;
  for (const good of [request, whole]) expect(() => checkMigrationRequest(good)).not.toThrow();
  expect(() => checkMigrationOrder(order)).not.toThrow();
});

test.each<[string, object, string]>([
  ['points in place of a share', { margin: 2 }, 'margin: expected a share from 0 to 1: 0.02 is two points'],
  ['a margin below 0', { margin: -0.02 }, 'margin: expected a share'],
  ['no margin', { margin: undefined }, 'margin: expected a share'],
  ['no base', { baseModel: undefined }, 'baseModel: '],
  ['a field that is none', { base: 'gpt' }, 'Unrecognized key: "base"'],
  ['another base for the run', { changes: { model: 'gpt' } }, 'changes.model: said by baseModel'],
  ['data for the run', { changes: { data: { train: 'a' } } }, 'changes.data: said by train and heldOut'],
  ['another name to register', { changes: { register: 'other' } }, 'changes.register: said by model'],
])('%s is refused by name', (_, changes, message) => {
  const bad = { ...request, ...changes } as MigrationRequest;
  expect(() => checkMigrationRequest(bad)).toThrow(expect.objectContaining({ code: 'invalid_config' }));
  expect(() => checkMigrationRequest(bad)).toThrow(message);
});
