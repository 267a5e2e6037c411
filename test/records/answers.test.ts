import { openPostgres } from '../../src/records/postgres.ts';
import { openSqlite } from '../../src/records/sqlite.ts';
import { onEachDatabase } from './support/databases.ts';

onEachDatabase('answers', (databases) => {
  test('are found by their key, whatever characters they are of, and the first of a key stays', async () => {
    const records = await databases.open();
    const answer = JSON.stringify({ text: 'a\0b \ud800 ü' });
    const many = Array.from({ length: 1_200 }, (_, at) => [`key-${at}`, answer] as const);
    await records.keepAnswers(new Map(many), 90);
    await records.keepAnswers(new Map([['key-3', 'other']]), 90);
    for (const key of ['key-0', 'key-3', 'key-1199']) expect(await records.findAnswer(key)).toBe(answer);
    expect(await records.findAnswer('none')).toBeUndefined();
  });

  test('that are older than they are to be kept go when others come', async () => {
    const location = await databases.location();
    const records = await databases.open(location);
    await records.keepAnswers(
      new Map([
        ['old', '1'],
        ['young', '2'],
      ]),
      90,
    );
    const { db } = await (location.startsWith('postgres:') ? openPostgres(location) : openSqlite(location));
    const at = new Date(Date.now() - 91 * 86_400_000).toISOString();
    await db.updateTable('answers').set({ answered_at: at }).where('key', '=', 'old').execute();
    await db.destroy();
    await records.keepAnswers(new Map([['new', '3']]), 90);
    const found = await Promise.all(['old', 'young', 'new'].map(async (key) => await records.findAnswer(key)));
    expect(found).toEqual([undefined, '2', '3']);
  });
});
