import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** What every record has; the rest is the kind's own. */
export interface StoredRecord {
  id: string;
  createdMs: number;
}

/** How a list is read: newest first unless `order` says otherwise. */
export interface ListQuery {
  /** Only children of this record. */
  parent?: string;
  order?: 'asc' | 'desc';
  limit?: number;
  /** Start behind the record of this id. */
  after?: string;
  /** Only records created at or before this time (ms), which makes a list lag. */
  createdUntilMs?: number;
  /** Only records whose top-level field has this value. */
  where?: { field: string; value: string };
  /** Only records whose `metadata` holds these pairs. */
  metadata?: Record<string, string>;
}

/** Records on disk, by kind and id. Each call is atomic; a killed process loses nothing that was answered. */
export interface Store {
  put<T extends StoredRecord>(kind: string, record: T, parent?: string): void;
  get<T>(kind: string, id: string): T | undefined;
  list<T>(kind: string, query?: ListQuery): T[];
  remove(kind: string, id: string): void;
  removeChildren(kind: string, parent: string): void;
  /** Runs `work` in one transaction: all of its writes or none. */
  transaction<T>(work: () => T): T;
  close(): void;
}

// Two processes on one folder would train and bill twice, hence the exclusive lock; a killed process loses it.
const SCHEMA = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT,
    created_ms INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id));
  CREATE INDEX IF NOT EXISTS records_by_parent ON records (kind, parent, seq);
  CREATE INDEX IF NOT EXISTS records_by_kind ON records (kind, seq);`;

/** Opens (or makes) the database `platform.sqlite` in `dataDir`. Throws when another process has it open. */
export function openStore(dataDir: string): Store {
  mkdirSync(dataDir, { recursive: true });
  const db = new DatabaseSync(join(dataDir, 'platform.sqlite'));
  try {
    db.exec(SCHEMA);
  } catch (error) {
    db.close();
    if (!/locked/.test(String(error))) throw error;
    throw new Error(`Another simulator uses ${dataDir}. Stop it or choose another data folder.`, { cause: error });
  }
  const upsert = db.prepare(
    `INSERT INTO records (kind, id, parent, created_ms, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body`,
  );
  const select = db.prepare('SELECT body FROM records WHERE kind = ? AND id = ?');
  const remove = db.prepare('DELETE FROM records WHERE kind = ? AND id = ?');
  const removeChildren = db.prepare('DELETE FROM records WHERE kind = ? AND parent = ?');
  let depth = 0;

  return {
    put(kind, record, parent) {
      upsert.run(kind, record.id, parent ?? null, Math.floor(record.createdMs), JSON.stringify(record));
    },
    get<T>(kind: string, id: string) {
      const row = select.get(kind, id);
      return row ? (JSON.parse(String(row.body)) as T) : undefined;
    },
    list<T>(kind: string, query: ListQuery = {}) {
      const { sql, values } = listSql(kind, query);
      return db
        .prepare(sql)
        .all(...values)
        .map((row) => JSON.parse(String(row.body)) as T);
    },
    remove(kind, id) {
      remove.run(kind, id);
    },
    removeChildren(kind, parent) {
      removeChildren.run(kind, parent);
    },
    transaction(work) {
      if (depth > 0) return work();
      depth++;
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      } finally {
        depth--;
      }
    },
    close() {
      db.close();
    },
  };
}

function listSql(kind: string, query: ListQuery): { sql: string; values: SQLInputValue[] } {
  const order = query.order ?? 'desc';
  const conditions = ['kind = ?'];
  const values: SQLInputValue[] = [kind];
  const add = (condition: string, ...more: SQLInputValue[]) => {
    conditions.push(condition);
    values.push(...more);
  };
  if (query.parent !== undefined) add('parent = ?', query.parent);
  if (query.createdUntilMs !== undefined) add('created_ms <= ?', Math.floor(query.createdUntilMs));
  if (query.where) add('json_extract(body, ?) = ?', `$.${query.where.field}`, query.where.value);
  for (const [key, value] of Object.entries(query.metadata ?? {})) {
    add(`EXISTS (SELECT 1 FROM json_each(body, '$.metadata') WHERE key = ? AND value = ?)`, key, value);
  }
  if (query.after !== undefined) {
    add(`seq ${order === 'desc' ? '<' : '>'} (SELECT seq FROM records WHERE kind = ? AND id = ?)`, kind, query.after);
  }
  const sql = `SELECT body FROM records WHERE ${conditions.join(' AND ')} ORDER BY seq ${order} LIMIT ?`;
  return { sql, values: [...values, query.limit ?? -1] };
}
