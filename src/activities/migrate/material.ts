import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationRequest, Obstacle } from '../../contract/migration.ts';
import type { ModelVersion } from '../../contract/registry.ts';
import { type Inspection, inspectDataset } from '../../datasets/index.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import type { Dependencies } from '../dependencies.ts';
import { divided, fieldsOf } from './divide.ts';
import { type Heritage, heritageOf } from './facts.ts';

/** What is trained on and what is held out, each with what the new base's limits say of it. */
export interface Material {
  heritage: Heritage;
  train?: Inspection;
  heldOut?: Inspection;
  found: Obstacle[];
}

interface Gathering {
  version: ModelVersion;
  request: MigrationRequest;
  /** The new base, where the catalogue knows it. */
  base: ModelEntry | undefined;
  minimumExamples: number;
  signal: AbortSignal;
}

const problemsKept = 20;

/** Gathers the data and looks at every line of them. */
export async function materialOf(dependencies: Dependencies, gathering: Gathering): Promise<Material> {
  const { store } = dependencies;
  const { version, request, base, minimumExamples, signal } = gathering;
  const limits = base && {
    maxTokensPerExample: base.trainingContextTokens,
    encoding: base.encoding,
    without: base.without,
  };
  const look = async (heritage: Heritage, file: ArtifactRef | undefined, least: number) =>
    file &&
    (await inspectDataset(await store.path(file), {
      method: heritage.method,
      minimumExamples: least,
      fields: fieldsOf(heritage, request),
      maxProblems: problemsKept,
      ...limits,
      signal,
    }));

  const found: Obstacle[] = [];
  const all = await heritageOf(dependencies, version, request, signal);
  const whole = await look(all, all.train, minimumExamples);
  let heritage = all;
  if (whole?.errors === 0 && !all.heldOut) {
    try {
      heritage = await divided(store, all, request, minimumExamples, signal);
    } catch (error) {
      if (!(error instanceof TunewrightError) || error.code !== 'invalid_data') throw error;
      found.push({ code: 'data', message: error.message, advice: error.advice });
    }
  }
  const train = heritage.divided ? await look(heritage, heritage.train, minimumExamples) : whole;
  const heldOut = await look(heritage, heritage.heldOut, 1);
  return { heritage, ...(train ? { train } : {}), ...(heldOut ? { heldOut } : {}), found };
}
