import type { Database } from './database.ts';
import { now } from './values.ts';

/** Under so many parameters of one statement, of which databases take only so many. */
const rowsAtOnce = 500;

/** JSON texts, by keys of the caller's. */
export interface AnswerRecords {
  findAnswer(key: string): Promise<string | undefined>;
  /** Keeps those whose key is new, and forgets all that are older than `days`. */
  keepAnswers(answers: ReadonlyMap<string, string>, days: number): Promise<void>;
}

const dayMs = 86_400_000;

export function answerRecords(db: Database): AnswerRecords {
  return {
    async findAnswer(key) {
      const row = await db.selectFrom('answers').select('answer').where('key', '=', key).executeTakeFirst();
      return row?.answer;
    },

    async keepAnswers(answers, days) {
      const rows = [...answers].map(([key, answer]) => ({ key, answered_at: now(), answer }));
      const oldest = new Date(Date.now() - days * dayMs).toISOString();
      await db.transaction().execute(async (write) => {
        await write.deleteFrom('answers').where('answered_at', '<', oldest).execute();
        for (let at = 0; at < rows.length; at += rowsAtOnce) {
          const some = rows.slice(at, at + rowsAtOnce);
          await write
            .insertInto('answers')
            .values(some)
            .onConflict((conflict) => conflict.column('key').doNothing())
            .execute();
        }
      });
    },
  };
}
