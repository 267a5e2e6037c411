import type { Selectable } from 'kysely';
import type { Canary } from '../../contract/registry.ts';
import type { Act } from '../act.ts';
import type { Database, Write } from '../database.ts';
import type { CanaryRow } from '../tables.ts';

type Row = Selectable<CanaryRow>;

/** Those that run: one a model at most. */
export async function openCanaries(db: Database | Write, model?: string): Promise<Row[]> {
  const select = db.selectFrom('canaries').selectAll().where('ended_at', 'is', null);
  return await (model === undefined ? select : select.where('model', '=', model)).execute();
}

export function canaryOf(row: Row): Canary {
  const { version, champion, share, since } = row;
  return {
    ...{ version, champion, share, since },
    by: row.started_by,
    feedback: {
      champion: { passed: row.champion_passed, failed: row.champion_failed },
      candidate: { passed: row.candidate_passed, failed: row.candidate_failed },
    },
  };
}

/** Ends the canary that runs, if one does, and says so in the audit. The revision is the caller's to raise. */
export async function endCanary(act: Act, reason: string): Promise<boolean> {
  const [canary] = await openCanaries(act.write, act.model.name);
  if (canary) await end(act, canary, reason);
  return canary !== undefined;
}

/** The same, if that version has a part in it. */
export async function endCanaryOf(act: Act, version: number, reason: string): Promise<boolean> {
  const [canary] = await openCanaries(act.write, act.model.name);
  if (canary?.version !== version && canary?.champion !== version) return false;
  await end(act, canary, reason);
  return true;
}

async function end({ write, at, audit }: Act, { id, version, share }: Row, reason: string): Promise<void> {
  await write.updateTable('canaries').set({ ended_at: at }).where('id', '=', id).execute();
  await audit({ action: 'canary-end', version, from: `${share}`, reason });
}
