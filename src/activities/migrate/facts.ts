import type { ArtifactRef } from '../../contract/artifact.ts';
import type { Method, RunConfig } from '../../contract/config.ts';
import type { MigrationRequest } from '../../contract/migration.ts';
import type { ModelVersion } from '../../contract/registry.ts';
import { artifactSource } from '../../contract/source.ts';
import { kitOf } from '../adopt/kits.ts';
import type { Dependencies } from '../dependencies.ts';
import { snapshot } from '../snapshot.ts';
import { withoutAsked } from './data.ts';

/** What a model can be made again of. */
export interface Heritage {
  method: Method;
  /** Absent where the data are gone. */
  train?: ArtifactRef;
  heldOut?: ArtifactRef;
  /** They were part of what the old model learnt. */
  seen: boolean;
  recorded: boolean;
  hyperparameters: Record<string, number | 'auto'>;
  seed?: number;
  suffix?: string;
  /** How a run of ours had split and graded. */
  run?: Pick<RunConfig, 'split' | 'evaluation' | 'data'>;
  /** What could not be had any more, a sentence each. */
  gone: string[];
}

/** Gathers the data and settings of a version: from its kit, from its run, or from what the request names instead. */
export async function heritageOf(
  dependencies: Dependencies,
  version: ModelVersion,
  request: MigrationRequest,
  signal: AbortSignal,
): Promise<Heritage> {
  const { store } = dependencies;
  const named = async (source: string | undefined) =>
    source === undefined
      ? undefined
      : await snapshot(dependencies, source, { connection: request.connection, signal, onProgress: () => undefined });
  const train = await named(request.train);
  const heldOut = await named(request.heldOut);
  const { lineage } = version;
  if (!lineage.adopted) {
    const { method, hyperparameters, seed, suffix, split, evaluation, data } = lineage.config;
    const own = { hyperparameters, seed, ...(suffix ? { suffix } : {}), run: { split, evaluation, data } };
    return { method, ...own, ...present({ train, heldOut }), seen: false, recorded: false, gone: [] };
  }
  const kit = await kitOf(store, version);
  if (!kit) {
    const gone = ['The escape kit of this version is not in the artifact store any more.'];
    return {
      method: 'supervised',
      ...present({ train, heldOut }),
      seen: false,
      recorded: false,
      hyperparameters: {},
      gone,
    };
  }
  const { method, hyperparameters, seed, suffix, gone } = kit;
  const asked = heldOut ?? kit.heldOut;
  const seen = heldOut === undefined && kit.heldOutSeen === true;
  const all = train ?? kit.train;
  const learnt = all && asked && (await withoutAsked(store, all, asked, method));
  return {
    method,
    hyperparameters,
    ...present({ train: learnt ?? all, heldOut: asked, seed, suffix }),
    seen,
    recorded: heldOut === undefined && kit.answers !== undefined,
    gone,
  };
}

/** How the run is told where its data are. */
export function sourcesOf({ train, heldOut, run }: Heritage): RunConfig['data'] | undefined {
  const test = heldOut ? { test: artifactSource(heldOut) } : {};
  if (train) return { train: artifactSource(train), ...test };
  return run && { ...run.data, ...test };
}

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
