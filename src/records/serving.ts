import { TunewrightError } from '../contract/errors.ts';
import type { Resolution, ServedVersion, Serving } from '../contract/registry.ts';
import { pick } from '../contract/serving.ts';
import { modelUnknown } from './act.ts';
import type { Database, Write } from './database.ts';
import { deploymentNames } from './deployments/names.ts';
import { present } from './values.ts';

export interface ServingRecords {
  /** Where calls go now, the champion's or with a key maybe the candidate's. Throws `model_unknown`, `no_champion`. */
  resolve(name: string, options?: { key?: string }): Promise<Resolution>;
  /** All that decides it. Throws `model_unknown`, `no_champion`. */
  serving(name: string): Promise<Serving>;
  /** The revision of each of these models that is there: what {@link serving} tells has changed when it has. */
  revisions(names: readonly string[]): Promise<Map<string, number>>;
}

export function servingRecords(db: Database): ServingRecords {
  return {
    resolve: async (name, { key } = {}) => pick(await servingOf(db, name), key),
    serving: async (name) => await servingOf(db, name),

    async revisions(names) {
      if (names.length === 0) return new Map();
      const rows = await db.selectFrom('models').select(['name', 'revision']).where('name', 'in', names).execute();
      return new Map(rows.map(({ name, revision }) => [name, revision]));
    },
  };
}

/** One statement tells where calls go, so never of two moments; what a deployment is called hangs on the version alone. */
export async function servingOf(db: Database | Write, name: string): Promise<Serving> {
  const rows = await db
    .selectFrom('models')
    .leftJoin('aliases', (join) => join.onRef('aliases.model', '=', 'models.name').on('alias', '=', 'champion'))
    .leftJoin('canaries', (join) => join.onRef('canaries.model', '=', 'models.name').on('ended_at', 'is', null))
    .leftJoin('versions', (join) =>
      join
        .onRef('versions.model', '=', 'models.name')
        .on(({ eb, or, ref }) =>
          or([
            eb('versions.version', '=', ref('aliases.version')),
            eb('versions.version', '=', ref('canaries.version')),
          ]),
        ),
    )
    .where('models.name', '=', name)
    .select(['models.revision', 'aliases.version as champion', 'aliases.since as championSince'])
    .select(['canaries.version as candidate', 'canaries.share', 'canaries.since as candidateSince'])
    .select(['versions.version', 'versions.connection', 'versions.platform', 'versions.model_id'])
    .select(['versions.base_model', 'versions.shutdown_date'])
    .execute();
  const [model] = rows;
  if (!model) throw modelUnknown(name);
  const { revision, share } = model;
  const deployed = await deploymentNames(db, name);
  const served = (version: number | null, since: string | null): ServedVersion | undefined => {
    const row = rows.find((other) => version !== null && other.version === version);
    if (!row || since === null) return undefined;
    const { connection, platform, model_id: modelId, base_model: baseModel, shutdown_date: shutdownDate } = row;
    const deployment = deployed.get(row.version as number);
    const known = { version, connection, platform, modelId, baseModel, since };
    return { ...known, ...present({ shutdownDate, deployment }) } as ServedVersion;
  };
  const champion = served(model.champion, model.championSince);
  if (!champion) throw noChampion(name);
  const candidate = served(model.candidate, model.candidateSince);
  return { name, revision, champion, ...(candidate && share !== null ? { canary: { candidate, share } } : {}) };
}

export function noChampion(name: string): TunewrightError {
  return new TunewrightError('no_champion', `No version of "${name}" has been promoted.`, {
    advice: `\`tunewright models promote ${name} VERSION\` does; \`tunewright models show ${name}\` lists them.`,
  });
}
