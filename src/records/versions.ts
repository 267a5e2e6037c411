import type { ArtifactRef } from '../contract/artifact.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { ServeRule } from '../contract/hosting.ts';
import {
  type Alias,
  type ModelVersion,
  modelNamePattern,
  type NewVersion,
  type RegisteredModel,
} from '../contract/registry.ts';
import { type Act, act, actIn, modelUnknown } from './act.ts';
import { moveAlias } from './aliases.ts';
import { canaryOf, openCanaries } from './canary/rows.ts';
import type { Database, Write } from './database.ts';
import { deploymentNames } from './deployments/names.ts';
import type { ModelRow, VersionRow } from './tables.ts';
import { fromJson, invalid, now, present, text, toJson } from './values.ts';

export interface VersionRecords {
  /**
   * Adds the model too when it is new, and makes the version its candidate; one of the same run is kept, with the lineage
   * told last. Throws `invalid_config`, `conflict`.
   */
  registerVersion(version: NewVersion): Promise<ModelVersion>;
  /** Throws `model_unknown`. */
  getModel(name: string): Promise<RegisteredModel>;
  /** By name. */
  listModels(): Promise<RegisteredModel[]>;
  /** Throws `version_unknown`, `model_unknown`. */
  getVersion(model: string, version: number): Promise<ModelVersion>;
  /** The model that has a version of that id, the one registered last where several have; undefined when none has. */
  modelOf(modelId: string): Promise<string | undefined>;
  /** Newest first. Throws `model_unknown`. */
  listVersions(model: string): Promise<ModelVersion[]>;
  /** The version that stands for a platform's model, whatever it is registered under; undefined where none does. */
  findVersion(connection: string, modelId: string): Promise<ModelVersion | undefined>;
  /** Puts a fuller kit in the place of an adopted version's. Throws `conflict` for a version of a run, `version_unknown`. */
  replaceKit(request: KitChange): Promise<ModelVersion>;
}

export interface KitChange {
  model: string;
  version: number;
  /** Who does it. */
  by: string;
  kit: ArtifactRef;
  longestTokens?: number | undefined;
}

export function versionRecords(db: Database): VersionRecords {
  return {
    async registerVersion(version) {
      checkNew(version);
      return await db.transaction().execute(async (write) => {
        await addModel(write, version.model);
        const current = await actIn(write, version);
        const known = await versionOfRun(write, version);
        if (known) return await withLineage(write, known, version);
        const number = current.model.versions + 1;
        await addVersion(current, version, number);
        return await versionIn(write, version.model, number);
      });
    },

    async getModel(name) {
      const [model] = await models(db, name);
      if (!model) throw modelUnknown(name);
      return model;
    },

    listModels: async () => await models(db),
    getVersion: async (model, version) => await versionIn(db, model, version),

    async modelOf(modelId) {
      const of = db.selectFrom('versions').select('model').where('model_id', '=', modelId);
      return (await of.orderBy('created_at', 'desc').orderBy('model').limit(1).executeTakeFirst())?.model;
    },

    async listVersions(model) {
      const select = db.selectFrom('versions').selectAll().where('model', '=', model);
      const rows = await select.orderBy('version', 'desc').execute();
      if (rows.length === 0) throw modelUnknown(model);
      return await withAliases(db, model, rows);
    },

    async findVersion(connection, modelId) {
      const row = await db
        .selectFrom('versions')
        .selectAll()
        .where('connection', '=', connection)
        .where('model_id', '=', modelId)
        .orderBy('created_at')
        .limit(1)
        .executeTakeFirst();
      return row && (await withAliases(db, row.model, [row]))[0];
    },

    replaceKit: async (request) => await act(db, request, async (current) => await replaceKit(current, request)),
  };
}

async function replaceKit({ write, audit }: Act, { model, version, kit, longestTokens }: KitChange) {
  const { lineage } = await versionIn(write, model, version);
  if (!lineage.adopted) {
    throw new TunewrightError('conflict', `Version ${version} of "${model}" was made by a run and has no kit.`, {
      advice: "Its data, settings and report are in the run's own record.",
    });
  }
  await write
    .updateTable('versions')
    .set({ lineage: toJson({ ...lineage, kit, ...present({ longestTokens }) }) })
    .where('model', '=', model)
    .where('version', '=', version)
    .execute();
  await audit({ action: 'update', version, reason: 'a fuller escape kit' });
  return await versionIn(write, model, version);
}

function checkNew({ model, modelId, runKey }: NewVersion): void {
  if (!modelNamePattern.test(model)) {
    throw invalid(`"${model}" is not a name for a model.`, 'Use 1-40 lower-case letters, digits and dashes.');
  }
  if (!modelId || !runKey) throw invalid('A version needs the id of its model and the key of its run.', 'Give both.');
}

async function addModel(write: Write, name: string): Promise<void> {
  await write
    .insertInto('models')
    .values({ name, description: null, owner: null, tags: '{}', created_at: now(), revision: 0, versions: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function versionOfRun(write: Write, { model, runKey, modelId }: NewVersion): Promise<ModelVersion | undefined> {
  const row = await write
    .selectFrom('versions')
    .selectAll()
    .where('model', '=', model)
    .where('run_key', '=', runKey)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.model_id === modelId) return (await withAliases(write, model, [row]))[0];
  const message = `The run has registered another model as version ${row.version} of "${model}": ${row.model_id}.`;
  throw new TunewrightError('conflict', message, {
    advice: 'Give each model that is registered a run key of its own.',
  });
}

/** A run that had to compare its model anew tells other figures of the same version. */
async function withLineage(write: Write, known: ModelVersion, { lineage }: NewVersion): Promise<ModelVersion> {
  const { model, version } = known;
  const told = { lineage: toJson(lineage) };
  await write.updateTable('versions').set(told).where('model', '=', model).where('version', '=', version).execute();
  return await versionIn(write, model, version);
}

async function addVersion(current: Act, version: NewVersion, number: number): Promise<void> {
  const { write, at } = current;
  await write
    .insertInto('versions')
    .values({
      model: version.model,
      version: number,
      run_key: version.runKey,
      connection: version.connection,
      platform: version.platform,
      model_id: version.modelId,
      base_model: version.baseModel,
      shutdown_date: version.shutdownDate ?? null,
      description: version.description === undefined ? null : text(version.description),
      tags: toJson(version.tags ?? {}),
      lineage: toJson(version.lineage),
      created_at: at,
      created_by: text(version.by),
      promoted_at: null,
      promoted_by: null,
      promoted_reason: null,
      replaced: null,
      retired_at: null,
      retired_by: null,
      retired_reason: null,
    })
    .execute();
  await write.updateTable('models').set({ versions: number }).where('name', '=', version.model).execute();
  await moveAlias(write, { model: version.model, alias: 'candidate', version: number, since: at });
  await current.audit({ action: 'register', version: number, to: version.modelId });
}

/** Throws `version_unknown`, `model_unknown`. */
export async function versionIn(db: Database | Write, model: string, version: number): Promise<ModelVersion> {
  const row = await versionRow(db, model, version);
  const [found] = await withAliases(db, model, [row]);
  return found as ModelVersion;
}

/** Throws `version_unknown`, `model_unknown`. */
export async function versionRow(db: Database | Write, model: string, version: number): Promise<VersionRow> {
  const row = await db
    .selectFrom('versions')
    .selectAll()
    .where('model', '=', model)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row) return row;
  const known = await db.selectFrom('models').select('versions').where('name', '=', model).executeTakeFirst();
  if (!known) throw modelUnknown(model);
  throw new TunewrightError(
    'version_unknown',
    `"${model}" has no version ${version}; its newest is ${known.versions}.`,
    {
      advice: `\`tunewright models show ${model}\` lists them.`,
    },
  );
}

async function withAliases(db: Database | Write, model: string, rows: VersionRow[]): Promise<ModelVersion[]> {
  const aliases = await db.selectFrom('aliases').selectAll().where('model', '=', model).orderBy('alias').execute();
  const deployed = await deploymentNames(db, model);
  return rows.map((row) =>
    versionOf(
      row,
      aliases.filter(({ version }) => version === row.version).map(({ alias }) => alias as Alias),
      deployed.get(row.version),
    ),
  );
}

function versionOf(row: VersionRow, aliases: Alias[], deployment: string | undefined): ModelVersion {
  const { model, version, connection, platform } = row;
  return {
    ...{ model, version, connection, platform },
    runKey: row.run_key,
    modelId: row.model_id,
    baseModel: row.base_model,
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...present({ shutdownDate: row.shutdown_date, description: row.description }),
    tags: fromJson(row.tags),
    aliases,
    ...present({ deployment }),
    lineage: fromJson(row.lineage),
    ...(row.promoted_at !== null && row.promoted_by !== null
      ? { promoted: { at: row.promoted_at, by: row.promoted_by, ...present({ reason: row.promoted_reason }) } }
      : {}),
    ...(row.retired_at !== null && row.retired_by !== null && row.retired_reason !== null
      ? { retired: { at: row.retired_at, by: row.retired_by, reason: row.retired_reason } }
      : {}),
  };
}

async function models(db: Database, name?: string): Promise<RegisteredModel[]> {
  let select = db
    .selectFrom('models')
    .leftJoin('aliases as champion', (join) =>
      join.onRef('champion.model', '=', 'models.name').on('champion.alias', '=', 'champion'),
    )
    .leftJoin('aliases as candidate', (join) =>
      join.onRef('candidate.model', '=', 'models.name').on('candidate.alias', '=', 'candidate'),
    )
    .selectAll('models')
    .select(['champion.version as champion', 'candidate.version as candidate'])
    .orderBy('name');
  if (name !== undefined) select = select.where('name', '=', name);
  const [rows, canaries] = [await select.execute(), await openCanaries(db, name)];
  return rows.map((row) =>
    modelOf(
      row,
      canaries.find(({ model }) => model === row.name),
    ),
  );
}

type ModelWithAliases = ModelRow & { champion: number | null; candidate: number | null };

function modelOf(row: ModelWithAliases, canary: Parameters<typeof canaryOf>[0] | undefined): RegisteredModel {
  const { name, description, owner, revision, versions, champion, candidate } = row;
  return {
    name,
    ...present({ description, owner }),
    tags: fromJson(row.tags),
    createdAt: row.created_at,
    revision,
    versions,
    ...present({ champion, candidate }),
    ...(canary ? { canary: canaryOf(canary) } : {}),
    ...(row.serve === null ? {} : { serve: fromJson<ServeRule>(row.serve) }),
  };
}
