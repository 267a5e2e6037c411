import type { ModelEntry } from '../../src/platforms/catalogue.ts';
import { driftOf } from '../../src/platforms/drift.ts';
import type { PlatformModel } from '../../src/platforms/platform.ts';

const entry = (id: string, more: Partial<ModelEntry> = {}): ModelEntry => ({
  id,
  aliases: [],
  methods: ['supervised'],
  encoding: 'o200k_base',
  trainingContextTokens: 1_000,
  ...more,
});
function drift(catalogueModels: ModelEntry[], offered: PlatformModel[]): string[] {
  const catalogueEntry = (model: string) => catalogueModels.find(({ id }) => model.startsWith(id));
  return driftOf({ catalogueModels, catalogueEntry }, offered, '2026-11-23').map(({ message }) => message);
}

test('what both know is no drift, under an alias too, nor is a tuned model, nor one of which nothing is told', () => {
  const models = [entry('a-2025', { aliases: ['a'], shutdownDate: '2027-01-14' }), entry('b')];
  const offered = [
    { id: 'a', shutdownDate: '2027-01-14' },
    { id: 'b' },
    { id: 'b.ft-1', tunable: true },
    { id: 'voice' },
  ];
  expect(drift(models, offered)).toEqual([]);
});

test('what one of the two does not know, or knows otherwise, is told', () => {
  const models = [entry('gone'), entry('closed'), entry('dated', { shutdownDate: '2027-01-14' })];
  const offered = [
    { id: 'closed', tunable: false },
    { id: 'dated', shutdownDate: '2027-02-01' },
    { id: 'new', tunable: true },
  ];
  expect(drift(models, offered)).toEqual([
    'gone is in the catalogue, but the platform does not offer it.',
    'closed cannot be tuned there any more.',
    "dated shuts down on 2027-02-01 by the platform's word; the catalogue says 2027-01-14.",
    'new can be tuned there, but is not in the catalogue.',
  ]);
});

test('a model that is not there to be tuned, as judges and embeddings, need not be', () => {
  expect(drift([entry('judge', { methods: [] })], [{ id: 'judge', tunable: false }])).toEqual([]);
});

test('nothing is expected of a model whose last job or last day is past', () => {
  const past = [entry('x', { lastJobDate: '2026-11-23' }), entry('y', { shutdownDate: '2026-10-01' })];
  expect(drift(past, [])).toEqual([]);
});

test('a catalogue that knows any model misses none, and names none that must be there', () => {
  const any = entry('*');
  const told = driftOf(
    { catalogueModels: [any], catalogueEntry: (id) => ({ ...any, id }) },
    [{ id: 'new', tunable: true }],
    '2026-11-23',
  );
  expect(told).toEqual([]);
});
