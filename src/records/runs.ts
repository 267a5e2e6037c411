import type { EvaluationRecord, JobRecord, RunPage, RunQuery, RunRecord } from '../contract/registry.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import { fromJson, invalid, present, text, time, toJson } from './values.ts';

export interface RunRecords {
  /** Adds the run or brings its record up to date; what is older than the record changes nothing. */
  recordRun(run: RunRecord): Promise<void>;
  recordJob(job: JobRecord): Promise<void>;
  /** Adds it; the same key again replaces it. */
  recordEvaluation(evaluation: EvaluationRecord): Promise<void>;
  /** Newest first, a page at a time. Throws `invalid_config`. */
  listRuns(query?: RunQuery): Promise<RunPage>;
  /** Jobs and evaluations of one attempt. */
  jobsOf(runKey: string): Promise<JobRecord[]>;
  evaluationsOf(runKey: string): Promise<EvaluationRecord[]>;
}

const defaultLimit = 100;
const maxLimit = 1000;

export function runRecords(db: Database): RunRecords {
  return {
    async recordRun({ key, config, progress, endedAt, asOf }) {
      const values = {
        name: text(progress.name),
        status: progress.status,
        connection: text(progress.connection),
        base_model: text(progress.baseModel),
        started_at: time(progress.startedAt),
        ended_at: endedAt === undefined ? null : time(endedAt),
        config: toJson(config),
        progress: toJson(progress),
        as_of: time(asOf),
      };
      await db.transaction().execute(async (write) => {
        await write
          .insertInto('runs')
          .values({ key, ...values })
          .onConflict((conflict) =>
            conflict
              .column('key')
              .doUpdateSet(values)
              .whereRef('runs.as_of', '<=', (where) => where.ref('excluded.as_of')),
          )
          .execute();
      });
    },

    async recordJob({ runKey, connection, job, asOf }) {
      const values = { run_key: runKey, job: toJson(job), as_of: time(asOf) };
      await db.transaction().execute(async (write) => {
        await write
          .insertInto('jobs')
          .values({ connection, id: job.id, ...values })
          .onConflict((conflict) =>
            conflict
              .columns(['connection', 'id'])
              .doUpdateSet(values)
              .whereRef('jobs.as_of', '<=', (where) => where.ref('excluded.as_of')),
          )
          .execute();
      });
    },

    async recordEvaluation({ key, runKey, dataSha256, score, costUsd, predictions, at, ...rest }) {
      const values = {
        ...rest,
        run_key: runKey ?? null,
        data_sha256: dataSha256,
        score: toJson(score),
        cost_usd: costUsd ?? null,
        predictions: predictions ? toJson(predictions) : null,
        at: time(at),
      };
      await db.transaction().execute(async (write) => {
        await write
          .insertInto('evaluations')
          .values({ key, ...values })
          .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
          .execute();
      });
    },

    listRuns: async (query = {}) => await listRuns(db, query),

    async jobsOf(runKey) {
      const rows = await db.selectFrom('jobs').selectAll().where('run_key', '=', runKey).orderBy('as_of').execute();
      return rows.map(({ run_key, connection, job, as_of }) => ({
        runKey: run_key,
        connection,
        job: fromJson(job),
        asOf: as_of,
      }));
    },

    async evaluationsOf(runKey) {
      const rows = await db.selectFrom('evaluations').selectAll().where('run_key', '=', runKey).orderBy('at').execute();
      return rows.map(evaluationOf);
    },
  };
}

async function listRuns(db: Database, query: RunQuery): Promise<RunPage> {
  const { limit = defaultLimit } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    throw invalid(`A page of ${limit} runs cannot be had.`, `Ask for 1 to ${maxLimit} at once.`);
  }
  let select = db
    .selectFrom('runs')
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('key', 'desc')
    .limit(limit + 1);
  if (query.status !== undefined) select = select.where('status', '=', query.status);
  if (query.connection !== undefined) select = select.where('connection', '=', query.connection);
  if (query.baseModel !== undefined) select = select.where('base_model', '=', query.baseModel);
  if (query.name !== undefined) select = select.where('name', '=', query.name);
  if (query.since !== undefined) select = select.where('started_at', '>=', time(query.since));
  if (query.until !== undefined) select = select.where('started_at', '<', time(query.until));
  if (query.after !== undefined) {
    const { startedAt, key } = position(query.after);
    select = select.where(({ eb, refTuple, tuple }) => eb(refTuple('started_at', 'key'), '<', tuple(startedAt, key)));
  }
  const rows = await select.execute();
  const runs = rows.slice(0, limit).map(runOf);
  const last = rows[limit - 1];
  return rows.length > limit && last ? { runs, next: pageAfter(last.started_at, last.key) } : { runs };
}

function pageAfter(startedAt: string, key: string): string {
  return Buffer.from(`${startedAt} ${key}`).toString('base64url');
}

function position(page: string): { startedAt: string; key: string } {
  const [startedAt = '', key = ''] = Buffer.from(page, 'base64url').toString().split(' ');
  if (key && !Number.isNaN(Date.parse(startedAt))) return { startedAt, key };
  throw invalid(`"${page}" is not the beginning of a page of runs.`, 'Take it from the page before.');
}

function runOf({ key, config, progress, ended_at, as_of }: Tables['runs']): RunRecord {
  return {
    key,
    config: fromJson(config),
    progress: fromJson(progress),
    ...present({ endedAt: ended_at }),
    asOf: as_of,
  };
}

function evaluationOf(row: Tables['evaluations']): EvaluationRecord {
  const { key, connection, model, target, examples, passed, errors, at } = row;
  return {
    ...{ key, connection, model, target, examples, passed, errors, at },
    dataSha256: row.data_sha256,
    score: fromJson(row.score),
    ...present({ runKey: row.run_key, costUsd: row.cost_usd }),
    ...(row.predictions === null ? {} : { predictions: fromJson(row.predictions) }),
  };
}
