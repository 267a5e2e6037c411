import { removalOf, type ServeRule, type VersionDeployment } from '../../contract/hosting.ts';
import { aliased } from '../aliases.ts';
import { openCanaries } from '../canary/rows.ts';
import type { Database, Write } from '../database.ts';
import type { DeploymentRow } from '../tables.ts';
import { fromJson, present } from '../values.ts';
import { versionRow } from '../versions.ts';

export async function rowOf(db: Database | Write, id: string): Promise<DeploymentRow | undefined> {
  return await db.selectFrom('deployments').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function standingOf(write: Write, model: string, version: number): Promise<DeploymentRow | undefined> {
  return await write
    .selectFrom('deployments')
    .selectAll()
    .where('model', '=', model)
    .where('version', '=', version)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
}

async function ruleOf(db: Database | Write, model: string): Promise<ServeRule | undefined> {
  const { serve } = await db.selectFrom('models').select('serve').where('name', '=', model).executeTakeFirstOrThrow();
  return serve === null ? undefined : fromJson<ServeRule>(serve);
}

export async function isInService(db: Database | Write, { model, version }: DeploymentRow): Promise<boolean> {
  if (!(await ruleOf(db, model))) return false;
  if ((await aliased(db, model, 'champion')) === version) return true;
  return (await openCanaries(db, model)).some((canary) => canary.version === version);
}

export async function withService(db: Database | Write, row: DeploymentRow): Promise<VersionDeployment> {
  const { id, connection, name, model, version } = row;
  const { retired_at } = await versionRow(db, model, version);
  const rule = await ruleOf(db, model);
  const inService = row.ended_at === null && (await isInService(db, row));
  const times = { createdAt: row.created_at, readyAt: row.ready_at, servedAt: row.served_at };
  const removeAt = inService
    ? undefined
    : (row.leaving_at ?? removalOf({ ...times, retired: retired_at !== null, rule }));
  return {
    ...{ id, connection, name, model, version },
    modelId: row.model_id,
    by: row.created_by,
    createdAt: row.created_at,
    inService,
    ...present({
      hourlyUsd: row.hourly_usd,
      readyAt: row.ready_at,
      endedAt: row.ended_at,
      reason: row.reason,
      removeAt,
    }),
  };
}
