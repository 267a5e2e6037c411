import type { ArtifactRef } from '../../contract/artifact.ts';
import type { Method, RunConfig } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationRequest } from '../../contract/migration.ts';
import type { ModelVersion } from '../../contract/registry.ts';
import { artifactSource } from '../../contract/source.ts';
import { kitOf } from '../adopt/kits.ts';
import type { Dependencies } from '../dependencies.ts';
import { snapshot } from '../snapshot.ts';
import { askedIn, unlessInvalid, withoutAsked } from './data.ts';

/** What a model can be made again of. */
export interface Heritage {
  method: Method;
  /** Absent where the data are gone. */
  train?: ArtifactRef;
  validation?: ArtifactRef;
  heldOut?: ArtifactRef;
  /** How many of the held-out examples were part of what the old model learnt. */
  seen: number;
  recorded: boolean;
  hyperparameters: Record<string, number | 'auto'>;
  seed?: number;
  suffix?: string;
  /** The tuned model from which the old one was tuned further: what that one had learnt is in no data here. */
  parentModel?: string;
  /** How its run had split, graded and rewarded. */
  run?: Pick<RunConfig, 'split' | 'evaluation' | 'reward'>;
  /** The held-out examples were set aside by this plan. */
  divided?: true;
  /** All training examples are asked by held-out ones too: none is left to learn. */
  emptied?: true;
  /** What could not be had any more, a sentence each. */
  gone: string[];
}

/** What the request names instead, in the store. */
type Given = Partial<Pick<Heritage, 'train' | 'heldOut'>>;

/** Gathers the data and settings of a version: from its kit, from its run, or from what the request names instead. */
export async function heritageOf(
  dependencies: Dependencies,
  version: ModelVersion,
  request: MigrationRequest,
  signal: AbortSignal,
): Promise<Heritage> {
  const kept = async (source: string, connection: string) =>
    await snapshot(dependencies, source, { connection, signal, onProgress: () => undefined });
  const named = async (source: string | undefined) =>
    source === undefined ? undefined : await kept(source, request.connection);
  const given = present({ train: await named(request.train), heldOut: await named(request.heldOut) });
  const { lineage } = version;
  if (!lineage.adopted) return await ofRun(lineage.config, given, kept);
  const kit = await kitOf(dependencies.store, version);
  if (!kit) {
    const gone = ['The escape kit of this version is not in the artifact store any more.'];
    return { method: 'supervised', ...given, seen: 0, recorded: false, hyperparameters: {}, gone };
  }
  const { method, hyperparameters, seed, suffix, gone } = kit;
  const heldOut = given.heldOut ?? kit.heldOut;
  const all = given.train ?? kit.train;
  const { store } = dependencies;
  const left = all && heldOut && (await unlessInvalid(withoutAsked(store, all, heldOut, method)));
  const seen = kit.train && heldOut && (await unlessInvalid(askedIn(store, heldOut, kit.train, method)));
  return {
    method,
    hyperparameters,
    ...present({ train: left ?? all, heldOut, seed, suffix }),
    ...(left?.bytes === 0 && all?.bytes !== 0 ? { emptied: true } : {}),
    seen: seen ?? 0,
    recorded: given.heldOut === undefined && kit.answers !== undefined,
    ...(lineage.parentModel && kit.train && !given.train ? { parentModel: lineage.parentModel } : {}),
    gone,
  };
}

/** Of a version that a run has made: the files that it names, as they are now. */
async function ofRun(
  config: RunConfig,
  given: Given,
  kept: (source: string, connection: string) => Promise<ArtifactRef>,
): Promise<Heritage> {
  const { connection, method, hyperparameters, seed, suffix, split, evaluation, reward, data } = config;
  const gone: string[] = [];
  const had = async (source: string | undefined): Promise<ArtifactRef | undefined> => {
    if (source === undefined) return undefined;
    try {
      return await kept(source, connection);
    } catch (error) {
      if (!(error instanceof TunewrightError) || error.retry !== 'never') throw error;
      gone.push(error.message);
      return undefined;
    }
  };
  const train = given.train ?? (await had(data.train));
  const validation = given.train ? undefined : await had(data.validation);
  const heldOut = given.heldOut ?? (await had(data.test));
  const known = { method, hyperparameters, seed, ...present({ train, validation, heldOut, suffix }) };
  return { ...known, run: { split, evaluation, ...present({ reward }) }, seen: 0, recorded: false, gone };
}

/** How the run is told where its data are. */
export function sourcesOf({ train, validation, heldOut }: Heritage): RunConfig['data'] | undefined {
  if (!train) return undefined;
  const source = (file: ArtifactRef | undefined) => file && artifactSource(file);
  return {
    train: artifactSource(train),
    ...present({ validation: source(validation), test: source(heldOut) }),
  };
}

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
