import { TunewrightError } from '../contract/errors.ts';
import type { AuditAction } from '../contract/registry.ts';
import type { Database, Write } from './database.ts';
import type { ModelRow } from './tables.ts';
import { fromJson, invalid, now, text, toJson } from './values.ts';

/** A change of one model under the lock of its row: acts on one model come one after another, in all processes. */
export interface Act {
  write: Write;
  model: ModelRow;
  at: string;
  audit(entry: Entry): Promise<void>;
  /** Tells those who serve the model that what it resolves to has changed. */
  nextRevision(): Promise<void>;
}

interface Entry {
  action: AuditAction;
  version?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
  reason?: string | undefined;
}

interface Actor {
  model: string;
  by: string;
  requestId?: string;
}

/** A transaction with one act in it. Throws as {@link actIn} does. */
export async function act<T>(db: Database, actor: Actor, change: (act: Act) => Promise<T>): Promise<T> {
  return await db.transaction().execute(async (write) => await change(await actIn(write, actor)));
}

/** An {@link act} that is done once: the same request again, whenever, is answered as it was then. Throws `conflict`. */
export async function actOnce<T>(
  db: Database,
  actor: Required<Actor>,
  asked: readonly unknown[],
  change: (act: Act) => Promise<T>,
): Promise<T> {
  return await act(db, actor, async (current) => {
    const { write, at } = current;
    const before = await answered<T>(write, actor, asked);
    if (before) return before.answer;
    const answer = await change(current);
    const { model, requestId: id } = actor;
    await write
      .insertInto('requests')
      .values({ model, id, asked: toJson(asked), answer: toJson(answer), at })
      .execute();
    return answer;
  });
}

/** What that request was answered with before. Throws `conflict` when it had asked for something else. */
export async function answered<T>(
  db: Database | Write,
  { model, requestId }: { model: string; requestId: string },
  asked: readonly unknown[],
): Promise<{ answer: T } | undefined> {
  const row = await db
    .selectFrom('requests')
    .select(['asked', 'answer'])
    .where('model', '=', model)
    .where('id', '=', requestId)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.asked === toJson(asked)) return { answer: fromJson<T>(row.answer) };
  throw new TunewrightError(
    'conflict',
    `The request "${requestId}" on "${model}" has asked for something else before.`,
    {
      advice: 'Give each request an id of its own; repeat one unchanged.',
    },
  );
}

/** Throws `model_unknown`, and `invalid_config` when nobody is named as acting. */
export async function actIn(write: Write, actor: Actor): Promise<Act> {
  checkActor(actor);
  // An update that changes nothing is a lock on the row in either database.
  const model = await write
    .updateTable('models')
    .set((row) => ({ revision: row.ref('revision') }))
    .where('name', '=', actor.model)
    .returningAll()
    .executeTakeFirst();
  if (!model) throw modelUnknown(actor.model);
  const at = now();
  return {
    write,
    model,
    at,
    async audit({ action, version, from, to, reason }) {
      await write
        .insertInto('audit')
        .values({
          model: actor.model,
          at,
          actor: text(actor.by),
          action,
          version: version ?? null,
          before: from ?? null,
          after: to ?? null,
          reason: reason === undefined ? null : text(reason),
          request_id: actor.requestId ?? null,
        })
        .execute();
    },
    async nextRevision() {
      await write
        .updateTable('models')
        .set((row) => ({ revision: row('revision', '+', 1) }))
        .where('name', '=', actor.model)
        .execute();
    },
  };
}

function checkActor({ by, requestId }: Actor): void {
  if (by.trim() === '' || by.length > 200)
    throw invalid('Nobody is named as acting.', 'Say who it is, in 1-200 signs.');
  if (requestId !== undefined && (requestId === '' || requestId.length > 200)) {
    throw invalid('The request has no usable id.', 'Name it in 1-200 signs, each request by another id.');
  }
}

export function modelUnknown(name: string): TunewrightError {
  return new TunewrightError('model_unknown', `There is no model "${name}".`, {
    advice: '`tunewright models list` shows the models.',
  });
}
