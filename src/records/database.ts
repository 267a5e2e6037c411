import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;
/** Every write is in one of these: it holds the lock of what it changes until it commits. */
export type Write = Transaction<Tables>;

/** What differs between the databases. */
export interface Dialect {
  name: 'sqlite' | 'postgres';
  /** Names what its driver throws; undefined when it is none of its own. */
  errorOf(error: unknown): Error | undefined;
}

export interface Opened {
  db: Database;
  dialect: Dialect;
}
