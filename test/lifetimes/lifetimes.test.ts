import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expiring, lifetimes } from '../../src/lifetimes/index.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { openRecords } from '../../src/records/index.ts';
import { newVersion } from '../records/support/samples.ts';

test('without a key a version is due by what the catalogue knows, and it is told that nobody was asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-lifetimes-'));
  const records = await openRecords(join(folder, 'records.sqlite'));
  try {
    const { model, version } = await records.registerVersion(newVersion(1));
    await records.promote({ model, version, by: 'kim', requestId: 'first' });
    const price = { training: 1, input: 1, output: 1, checked: '2026-11-01', source: 'a test' };
    const entry = {
      aliases: [],
      methods: ['supervised'],
      encoding: 'o200k_base' as const,
      trainingContextTokens: 65_536,
    };
    const models = [
      { ...entry, id: 'gpt-4.1-mini', prices: price, lastJobDate: '2027-01-06', shutdownDate: '2027-01-14' },
    ];
    const platforms = createPlatforms(
      { openai: { platform: 'openai' } },
      { env: {}, catalogue: { openai: { models } } },
    );
    const all = await lifetimes({ records, platforms, now: new Date('2027-01-05T23:30:00Z') });
    expect(expiring(all, 10)).toMatchObject([
      {
        ...{ model, version, shutdownDate: '2027-01-14', daysLeft: 9, lastJobDay: '2027-01-05' },
        trouble: expect.stringContaining('OPENAI_API_KEY is not set'),
      },
    ]);
  } finally {
    await records.close();
    await rm(folder, { recursive: true, force: true });
  }
});
