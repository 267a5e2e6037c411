import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type Dialect as KyselyDialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { TunewrightError } from '../contract/errors.ts';
import type { Dialect, Opened } from './database.ts';

/** How long a call may hold up the process before it is tried again without holding it up. */
const busyTimeoutMs = 100;
const lockTimeoutMs = 15_000;

/** Primary result codes, https://sqlite.org/rescode.html */
const busy = 5;
const full = 13;
const notADatabase = 26;

/** Opens or creates the file. Many processes of one machine may have it open. Throws `records_unavailable`, `disk_full`. */
export async function openSqlite(path: string): Promise<Opened> {
  const dialect: Dialect = { name: 'sqlite', errorOf: (error) => sqliteError(path, error) };
  try {
    mkdirSync(dirname(path), { recursive: true });
    const { DatabaseSync } = sqliteModule();
    const database = new DatabaseSync(path);
    await untilFree(() =>
      database.exec(
        `pragma busy_timeout = ${busyTimeoutMs}; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on`,
      ),
    );
    return { db: new Kysely({ dialect: lockingDialect(adapted(database)) }), dialect };
  } catch (error) {
    throw dialect.errorOf(error) ?? unavailable(path, error);
  }
}

/** The module as it is, without the warning that older Node versions print: what is used of it has not changed since. */
function sqliteModule(): typeof import('node:sqlite') {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** As kysely wants it; `reader` only tells whether rows come back. */
function adapted(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        reader: /^\s*(select|with|pragma)\b|\breturning\b/i.test(sql),
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
}

/** As kysely's own, but for the driver. */
function lockingDialect(database: SqliteDatabase): KyselyDialect {
  return {
    createDriver: () => new LockingDriver({ database }),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Transactions take the one write lock at their start: two that read first could not both go on to write. */
class LockingDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await untilFree(() => connection.executeQuery(CompiledQuery.raw('begin immediate')));
  }
}

async function untilFree(attempt: () => unknown): Promise<void> {
  const deadline = Date.now() + lockTimeoutMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (resultCode(error) !== busy || Date.now() > deadline) throw error;
      await setTimeout(5 + Math.random() * 20);
    }
  }
}

function resultCode(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function sqliteError(path: string, cause: unknown): Error | undefined {
  const code = resultCode(cause);
  if (code === undefined) return undefined;
  if (code === full) {
    return new TunewrightError('disk_full', `There is no space left for the records in ${path}.`, {
      advice: 'Free some space there.',
      cause,
    });
  }
  if (code === notADatabase) {
    return new TunewrightError('records_unavailable', `${path} is not a SQLite database.`, {
      advice: 'Name another file in TUNEWRIGHT_RECORDS, or put the records back.',
      cause,
    });
  }
  return unavailable(path, cause);
}

function unavailable(path: string, cause: unknown): TunewrightError {
  const message = `The records in ${path} cannot be used: ${(cause as Error).message}`;
  return new TunewrightError('records_unavailable', message, {
    advice: 'Check that the folder is on a disk of this machine, that it may be written to, and what holds the file.',
    retry: 'yes',
    cause,
  });
}
