import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecords, type Records } from '../../../src/records/index.ts';
import { type Postgres, postgresPrograms, startPostgres } from './postgres.ts';

/** Hands out empty databases of one kind. */
export interface Databases {
  /** What `openRecords` takes; nothing is there yet. */
  location(): Promise<string>;
  /** Records that are closed after the tests. */
  open(location?: string): Promise<Records>;
}

/** The same tests on SQLite and on PostgreSQL, the latter skipped by name where it is not installed. */
export function onEachDatabase(title: string, tests: (databases: Databases) => void): void {
  describe(`${title}, on SQLite`, () => {
    let folder: string;
    let count = 0;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tunewright-records-'));
    });
    tests(closing(async () => join(folder, `${++count}`, 'records.sqlite')));
    afterAll(async () => await rm(folder, { recursive: true, force: true }));
  });

  (postgresPrograms ? describe : describe.skip)(`${title}, on PostgreSQL`, () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    });
    tests(closing(async () => await postgres.createDatabase()));
    afterAll(async () => await postgres.remove());
  });
}

/** Called where the tests are described, so that records are closed before their database goes. */
function closing(location: () => Promise<string>): Databases {
  const opened: Records[] = [];
  afterAll(async () => {
    for (const records of opened) await records.close();
  });
  return {
    location,
    async open(at) {
      const records = await openRecords(at ?? (await location()));
      opened.push(records);
      return records;
    },
  };
}
