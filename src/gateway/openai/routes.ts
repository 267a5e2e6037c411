import type { ModelVersion, ServedVersion, Serving } from '../../contract/registry.ts';
import { pick } from '../../contract/serving.ts';
import type { Records, Watch } from '../../records/index.ts';
import { modelNotFound } from './errors.ts';
import { instead } from './instead.ts';
import { remembering } from './remembering.ts';

/** One model at one connection. */
export interface Target {
  connection: string;
  /** The platform's id. */
  modelId: string;
  /** Of the registered model. */
  version?: number;
  /** Under which that version stands. */
  deployment?: string | undefined;
}

/** Where a call goes. */
export interface Route {
  /** The registered model; absent for a connection's own. */
  model?: string;
  /** The one to be asked, and those that answer in its place while it fails. */
  targets: [Target, ...Target[]];
}

export interface Routes {
  /** Throws an error of status 404 for a model that is none; `no_champion`, `records_unavailable`. */
  of(model: string, key: string | undefined): Promise<Route>;
}

export interface RoutesContext {
  /** Opens them when they are first needed. */
  records(): Promise<Records>;
  watch: Watch;
  connections: readonly string[];
  /** What stands in the place of names. */
  models: Readonly<Record<string, string>>;
  /** The connection of models that are named without one. */
  usual: string | undefined;
  /** Aborted when the gateway closes. */
  closing: AbortSignal;
}

/** A registered model as it is now. */
interface Registered {
  serving: Serving;
  /** Champions before this one, the last one first. */
  earlier: ModelVersion[];
}

const rememberedMs = 1_000;

/** What a model's name stands for; kept in memory, and read again when its revision has changed. */
export function routes({ records, watch, connections, models, usual, closing }: RoutesContext): Routes {
  const known = new Map<string, Promise<Registered>>();
  const names = remembering(async (model: string) => await nameOf(model), rememberedMs);

  /** The registered model of that name, or the one that has a version of that id. */
  async function nameOf(model: string): Promise<string | undefined> {
    const opened = await records();
    return (await opened.revisions([model])).has(model) ? model : await opened.modelOf(model);
  }

  async function registered(name: string): Promise<Registered> {
    let there = known.get(name);
    if (!there) {
      there = read(name);
      known.set(name, there);
      there.catch(() => known.delete(name));
    }
    return await there;
  }

  async function read(name: string): Promise<Registered> {
    const opened = await records();
    const serving = await opened.serving(name);
    const versions = await opened.listVersions(name);
    void watch.changed(name, serving.revision, closing).then((changed) => changed && known.delete(name));
    return { serving, earlier: earlierOf(versions, serving.champion.version) };
  }

  return {
    async of(asked, key) {
      const model = instead(models, asked);
      const named = connections.find((connection) => model.startsWith(`${connection}/`));
      if (named !== undefined) return { targets: [{ connection: named, modelId: model.slice(named.length + 1) }] };
      const name = known.has(model) ? model : await names(model);
      if (name !== undefined) return routeOf(await registered(name), key);
      if (usual === undefined) throw modelNotFound(asked);
      return { targets: [{ connection: usual, modelId: model }] };
    },
  };
}

function earlierOf(versions: readonly ModelVersion[], champion: number): ModelVersion[] {
  return versions.filter(({ version, promoted, retired }) => version < champion && promoted && !retired);
}

function routeOf({ serving, earlier }: Registered, key: string | undefined): Route {
  const asked = pick(serving, key);
  const today = new Date().toISOString().slice(0, 10);
  const living = earlier.find(({ shutdownDate }) => shutdownDate === undefined || shutdownDate > today);
  return {
    model: serving.name,
    targets: [
      targetOf(asked),
      ...(asked.alias === 'candidate' ? [targetOf(serving.champion)] : []),
      ...(living ? [targetOf(living)] : []),
    ],
  };
}

function targetOf({ connection, modelId, version, deployment }: ServedVersion | ModelVersion): Target {
  return { connection, modelId, version, deployment };
}
