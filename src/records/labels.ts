import type { AuditEntry, ModelChanges } from '../contract/registry.ts';
import { act, modelUnknown } from './act.ts';
import type { Database } from './database.ts';
import { fromJson, present, text, toJson } from './values.ts';
import { versionRow } from './versions.ts';

export interface LabelRecords {
  /** Changes owner, description and tags. Throws `model_unknown`, `version_unknown`. */
  update(changes: ModelChanges): Promise<void>;
  /** All that was done to a model, newest first. Throws `model_unknown`. */
  audit(name: string): Promise<AuditEntry[]>;
}

export function labelRecords(db: Database): LabelRecords {
  return {
    update: async (changes) => await update(db, changes),

    async audit(name) {
      const rows = await db.selectFrom('audit').selectAll().where('model', '=', name).orderBy('id', 'desc').execute();
      if (rows.length === 0) throw modelUnknown(name);
      return rows.map(({ id, at, actor, action, version, before, after, reason, request_id }) => ({
        ...{ id, at, by: actor, action: action as AuditEntry['action'] },
        ...present({ version, from: before, to: after, reason, requestId: request_id }),
      }));
    },
  };
}

async function update(db: Database, changes: ModelChanges): Promise<void> {
  const { model, version, owner, description, tags = {} } = changes;
  await act(db, changes, async ({ write, model: row, audit }) => {
    const target = version === undefined ? row : await versionRow(write, model, version);
    const known = fromJson<Record<string, string>>(target.tags);
    const before = { owner: row.owner ?? undefined, description: target.description ?? undefined, tags: known };
    const after = {
      owner: owner === undefined ? before.owner : text(owner),
      description: description === undefined ? before.description : text(description),
      tags: present({ ...known, ...tags }),
    };
    const values = { description: after.description ?? null, tags: toJson(after.tags) };
    await write
      .updateTable('models')
      .set({ owner: after.owner ?? null })
      .where('name', '=', model)
      .execute();
    await (version === undefined
      ? write.updateTable('models').set(values).where('name', '=', model)
      : write.updateTable('versions').set(values).where('model', '=', model).where('version', '=', version)
    ).execute();
    if (toJson(before) === toJson(after)) return;
    await audit({ action: 'update', version, from: toJson(before), to: toJson(after) });
  });
}
