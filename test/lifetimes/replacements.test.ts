import { addDays, daysUntil } from '../../src/lifetimes/days.ts';
import { leadTime } from '../../src/lifetimes/lead.ts';
import { replacementsFor, type Wanted } from '../../src/lifetimes/replacements.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { onEachDatabase } from '../records/support/databases.ts';
import { newRun } from '../records/support/samples.ts';

const prices = { training: 5, input: 1, output: 4, checked: '2026-11-01', source: 'made up' };
const entry = (id: string, changes: object = {}) => ({
  id,
  methods: ['supervised'],
  encoding: 'o200k_base',
  trainingContextTokens: 65_536,
  ...changes,
});
const connection = (...models: object[]) => ({ platform: 'openai', apiKeyEnv: 'KEY', catalogue: { models } });

/** Ids that no built-in catalogue has. */
const own = (wanted: Wanted, connections: Parameters<typeof createPlatforms>[0]) =>
  replacementsFor(wanted, createPlatforms(connections, { env: { KEY: 'x' } }))
    .filter(({ model }) => model.startsWith('own-'))
    .map(({ connection: name, model }) => `${name}/${model}`);

const wanted: Wanted = {
  method: 'supervised',
  shutdownDate: '2999-06-01',
  longestTokens: undefined,
  today: '2999-01-01',
};

test('what lives longer, is still trained, by the method and for the length, can take its place', () => {
  const connections = {
    a: connection(
      entry('own-any'),
      entry('own-dies-too', { shutdownDate: '2999-06-01' }),
      entry('own-no-more-jobs', { lastJobDate: '2999-01-01' }),
      entry('own-other-method', { methods: ['dpo'] }),
      entry('own-short', { trainingContextTokens: 100 }),
    ),
    keyless: { ...connection(entry('own-nowhere')), apiKeyEnv: 'NO_SUCH_KEY' },
  };
  expect(own({ ...wanted, longestTokens: 101 }, connections)).toEqual(['a/own-any']);
  expect(own({ ...wanted, longestTokens: 100 }, connections)).toEqual(['a/own-any', 'a/own-short']);
});

test('the longest-lived come first, then the cheapest, then those whose price is not known', () => {
  const connections = {
    a: connection(
      entry('own-unpriced'),
      entry('own-dear', { prices: { ...prices, output: 40 } }),
      entry('own-till-2000', { shutdownDate: '3000-01-01', prices: { ...prices, input: 0 } }),
    ),
    b: connection(entry('own-cheap', { prices, lastJobDate: '2999-02-01' })),
  };
  expect(own(wanted, connections)).toEqual(['b/own-cheap', 'a/own-dear', 'a/own-unpriced', 'a/own-till-2000']);
  const [first] = replacementsFor(wanted, createPlatforms(connections, { env: { KEY: 'x' } }));
  expect(first).toEqual({
    connection: 'b',
    model: 'own-cheap',
    lastJobDay: '2999-01-31',
    contextTokens: 65_536,
    prices: { training: 5, input: 1, output: 4 },
  });
});

test('days are counted by the calendar, and are none when past', () => {
  expect(daysUntil('2027-01-14', '2026-11-28')).toBe(47);
  expect(daysUntil('2026-11-27', '2026-11-28')).toBe(0);
  expect(addDays('2027-01-14', -48)).toBe('2026-11-27');
});

onEachDatabase('the lead time', (databases) => {
  test('is that of the slowest past run where there are three, and assumed otherwise', async () => {
    const records = await databases.open();
    const at = (hour: number) => new Date(Date.UTC(2026, 10, 1, hour)).toISOString();
    const timings = (hours: number) => [
      { stage: 'upload' as const, startedAt: at(0), endedAt: at(1) },
      { stage: 'train' as const, startedAt: at(1), endedAt: at(hours) },
      { stage: 'evaluate' as const, startedAt: at(0) },
    ];
    for (const [run, hours] of [2, 7, 4].entries()) {
      expect((await leadTime(records)).training).toEqual({ hours: 24 });
      await records.recordRun(newRun(`run-${run}`, at(0), { status: 'succeeded', timings: timings(hours) }));
    }
    expect(await leadTime(records)).toEqual({
      training: { hours: 7, runs: 3 },
      evaluation: { hours: 8 },
      approval: { hours: 168 },
    });
  });

  test('of approval is that of people: what a gate promotes by itself takes no time', async () => {
    const records = await databases.open();
    const at = (hour: number) => new Date(Date.UTC(2026, 10, 1, hour)).toISOString();
    for (const [run, hours] of [5, 9, 7, 0, 0, 0].entries()) {
      const timings = [{ stage: 'promote' as const, startedAt: at(0), endedAt: at(hours) }];
      const record = newRun(`run-${run}`, at(0), { status: 'succeeded', timings });
      const gate = { ...record.config.gate, approval: hours > 0 ? ('person' as const) : ('automatic' as const) };
      await records.recordRun({ ...record, config: { ...record.config, gate } });
    }
    expect((await leadTime(records)).approval).toEqual({ hours: 9, runs: 3 });
  });
});
