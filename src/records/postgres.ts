import { Kysely, PostgresDialect } from 'kysely';
import type { Pool, PoolConfig } from 'pg';
import { TunewrightError } from '../contract/errors.ts';
import type { Dialect, Opened } from './database.ts';

/** Type numbers of PostgreSQL, https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const bigint = 20;
const timestamptz = 1184;
const jsonb = 3802;

/** SQLSTATE classes: connection exception, insufficient resources, operator intervention, system error. */
const unavailableClasses = ['08', '53', '57', '58'];
const unavailableStates = ['40001', '40P01', '55P03'];
const diskFull = '53100';

/** Tables of its own beside those of others: the database may be shared. */
export const postgresSchema = 'tunewright';

/** Opens the database of that URL; nothing is asked yet. Throws `invalid_config` where `pg` is missing. */
export async function openPostgres(url: string): Promise<Opened> {
  const { Pool, types } = await driver();
  const config: PoolConfig = {
    connectionString: url,
    application_name: 'tunewright',
    options: `-c search_path=${postgresSchema}`,
    max: 5,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    lock_timeout: 15_000,
    // Rows come as SQLite gives them.
    types: {
      getTypeParser: ((id: number, format?: 'text') => {
        if (id === bigint) return Number;
        if (id === timestamptz) return (value: string) => new Date(value).toISOString();
        return id === jsonb ? (value: string) => value : types.getTypeParser(id, format);
      }) as typeof types.getTypeParser,
    },
  };
  const pool: Pool = new Pool(config);
  // Of an idle connection: the next call opens another one, or tells why not.
  pool.on('error', () => undefined);
  // Of one in use: what waits for its answer is told; nobody may be waiting, and the process must not end for it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const dialect: Dialect = { name: 'postgres', errorOf: postgresError };
  return { db: new Kysely({ dialect: new PostgresDialect({ pool }) }), dialect };
}

async function driver(): Promise<typeof import('pg')['default']> {
  try {
    return (await import('pg')).default;
  } catch (cause) {
    throw new TunewrightError('invalid_config', 'Records in PostgreSQL need the package pg, which is not installed.', {
      advice: 'npm install pg',
      cause,
    });
  }
}

/** Messages of the server and the system name hosts, users and databases, never a password. */
function postgresError(cause: unknown): Error | undefined {
  const { code, message } = cause as { code?: unknown; message?: string };
  if (code === diskFull) {
    return new TunewrightError('disk_full', 'The disk of the records in PostgreSQL is full.', {
      advice: 'Free some space there.',
      cause,
    });
  }
  if (!isUnavailable(code, message)) return undefined;
  return new TunewrightError('records_unavailable', `The records in PostgreSQL cannot be used: ${message}`, {
    advice: 'Check TUNEWRIGHT_RECORDS, and that the database runs and takes connections of this user.',
    retry: 'yes',
    cause,
  });
}

function isUnavailable(code: unknown, message = ''): boolean {
  if (typeof code !== 'string') return /connection|timeout/i.test(message);
  if (unavailableStates.includes(code) || unavailableClasses.includes(code.slice(0, 2))) return true;
  // Wrong password or database, and what the system says of the network.
  return code.startsWith('28') || code === '3D000' || /^E[A-Z]+$/.test(code);
}
