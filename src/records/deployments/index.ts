import { randomUUID } from 'node:crypto';
import { TunewrightError } from '../../contract/errors.ts';
import type { ServeRule, VersionDeployment } from '../../contract/hosting.ts';
import { act, actIn } from '../act.ts';
import type { Database, Write } from '../database.ts';
import type { DeploymentRow } from '../tables.ts';
import { fromJson, text, toJson } from '../values.ts';
import { versionRow } from '../versions.ts';
import { isInService, rowOf, standingOf, withService } from './rows.ts';

export type NewDeployment = Pick<
  VersionDeployment,
  'connection' | 'name' | 'model' | 'version' | 'modelId' | 'by' | 'hourlyUsd'
>;

export interface DeploymentRecords {
  /** How the model's deployments are kept from now on; null: it has none. Throws `model_unknown`. */
  setServe(request: { model: string; by: string; serve: ServeRule | null }): Promise<void>;
  /** Written down before it is made; the one that stands for the version, where one does. Throws `version_unknown`. */
  beginDeployment(deployment: NewDeployment): Promise<VersionDeployment>;
  /** Undefined when there is none of that id. */
  getDeployment(id: string): Promise<VersionDeployment | undefined>;
  /** Newest first. */
  listDeployments(query?: { model?: string; standing?: boolean }): Promise<VersionDeployment[]>;
  /** It was seen to answer. One that is in service then is remembered to have been. */
  deploymentAnswers(id: string): Promise<void>;
  /** Lets it go: it cannot go into service any more. False where it is in service, and stays. */
  leaveDeployment(id: string, reason: string): Promise<boolean>;
  /** It was seen gone, or given up; the reason for which it was let go stays. */
  endDeployment(id: string, reason?: string): Promise<void>;
}

export function deploymentRecords(db: Database): DeploymentRecords {
  return {
    async setServe({ model, by, serve }) {
      await act(db, { model, by }, async ({ write, model: row, audit }) => {
        const before = row.serve === null ? null : fromJson<ServeRule>(row.serve);
        if (sameRule(before, serve)) return;
        const after = serve && toJson(serve);
        await write.updateTable('models').set({ serve: after }).where('name', '=', model).execute();
        await audit({ action: 'serve', from: before ? toJson(before) : undefined, to: after ?? undefined });
      });
    },

    async beginDeployment(deployment) {
      const { model, version, by } = deployment;
      return await act(db, { model, by }, async ({ write, at }) => {
        await versionRow(write, model, version);
        const there = await standingOf(write, model, version);
        if (there && there.leaving_at === null) return await withService(write, there);
        if (there) throw leaving(there);
        const row: DeploymentRow = {
          id: randomUUID(),
          connection: deployment.connection,
          name: deployment.name,
          model,
          version,
          model_id: deployment.modelId,
          created_by: text(by),
          hourly_usd: deployment.hourlyUsd ?? null,
          created_at: at,
          ...{ ready_at: null, served_at: null, leaving_at: null, ended_at: null, reason: null },
        };
        await write.insertInto('deployments').values(row).execute();
        return await withService(write, row);
      });
    },

    async getDeployment(id) {
      const row = await rowOf(db, id);
      return row && (await withService(db, row));
    },

    async listDeployments({ model, standing } = {}) {
      let select = db.selectFrom('deployments').selectAll().orderBy('created_at', 'desc').orderBy('id');
      if (model !== undefined) select = select.where('model', '=', model);
      if (standing) select = select.where('ended_at', 'is', null);
      const list: VersionDeployment[] = [];
      for (const row of await select.execute()) list.push(await withService(db, row));
      return list;
    },

    async deploymentAnswers(id) {
      await changed(id, async (write, row, at) => {
        const served = await isInService(write, row);
        const set = { ready_at: row.ready_at ?? at, served_at: served ? at : row.served_at };
        await write.updateTable('deployments').set(set).where('id', '=', id).execute();
        return row.ready_at === null;
      });
    },

    async leaveDeployment(id, reason) {
      let leaves = false;
      await changed(id, async (write, row, at) => {
        leaves = row.leaving_at !== null || !(await isInService(write, row));
        if (!leaves || row.leaving_at !== null) return false;
        const set = { leaving_at: at, reason: text(reason) };
        await write.updateTable('deployments').set(set).where('id', '=', id).execute();
        return true;
      });
      return leaves;
    },

    async endDeployment(id, reason = '') {
      await changed(id, async (write, row, at) => {
        if (row.ended_at !== null) return false;
        const set = { leaving_at: row.leaving_at ?? at, ended_at: at, reason: row.reason ?? text(reason) };
        await write.updateTable('deployments').set(set).where('id', '=', id).execute();
        return row.leaving_at === null;
      });
    },
  };

  /** Under the lock of its model, so that no version goes into service meanwhile; what calls are told changes when it says so. */
  async function changed(
    id: string,
    change: (write: Write, row: DeploymentRow, at: string) => Promise<boolean>,
  ): Promise<void> {
    await db.transaction().execute(async (write) => {
      const known = await rowOf(write, id);
      if (!known) return;
      const { at, nextRevision } = await actIn(write, { model: known.model, by: 'keeper' });
      const row = await rowOf(write, id);
      if (row && (await change(write, row, at))) await nextRevision();
    });
  }
}

function leaving({ model, version, name }: DeploymentRow): TunewrightError {
  const message = `The deployment ${name} of version ${version} of "${model}" is being removed just now.`;
  return new TunewrightError('not_deployed', message, {
    advice: 'Try again: it is made anew once it is gone.',
    retry: 'yes',
  });
}

function sameRule(one: ServeRule | null, other: ServeRule | null): boolean {
  return one?.keepPreviousHours === other?.keepPreviousHours && one?.lookSeconds === other?.lookSeconds;
}
