import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationRequest, Obstacle } from '../../contract/migration.ts';
import type { ModelVersion } from '../../contract/registry.ts';
import { type Inspection, inspectDataset } from '../../datasets/index.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import type { Dependencies } from '../dependencies.ts';
import { divided, fieldsOf } from './divide.ts';
import { type Heritage, heritageOf } from './heritage.ts';

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
  minimumExamples: number;
  signal: AbortSignal;
}

const problemsKept = 20;

const nothingLeft: Obstacle = {
  code: 'data',
  message: 'The held-out examples ask all that the training examples ask, and what is held out is not trained on.',
  advice: 'Name other examples with --held-out FILE, or further ones with --train FILE.',
};

/**
 * Gathers the data once, and looks at every line of them once for each set of limits, however many tries are planned:
 * parameters of one base have the same, and so have most bases of a family.
 */
export function gathering(
  dependencies: Dependencies,
  { version, request, minimumExamples, signal }: Gathering,
): (base: ModelEntry | undefined) => Promise<Material> {
  const { store } = dependencies;
  const gathered = once(async () => await heritageOf(dependencies, version, request, signal));
  const parted = once(async () => await divided(store, await gathered(), request, minimumExamples, signal));
  const looked = new Map<string, Promise<Material>>();

  return async (base) => {
    const limits = limitsOf(base);
    const key = JSON.stringify(limits);
    const known = looked.get(key) ?? materialBy(limits);
    looked.set(key, known);
    return await known;
  };

  async function materialBy(limits: Limits): Promise<Material> {
    const found: Obstacle[] = [];
    const unlessInvalid = async <T>(looking: Promise<T>): Promise<T | undefined> => {
      try {
        return await looking;
      } catch (error) {
        if (!(error instanceof TunewrightError) || error.code !== 'invalid_data') throw error;
        found.push({ code: 'data', message: error.message, advice: error.advice });
        return undefined;
      }
    };
    const look = async (heritage: Heritage, part: 'train' | 'heldOut', least: number) => {
      const file = heritage[part];
      if (!file) return undefined;
      const looking = inspectDataset(await store.path(file), {
        name: part === 'train' ? 'The training file' : 'The held-out file',
        method: heritage.method,
        minimumExamples: least,
        fields: fieldsOf(heritage, request),
        maxProblems: problemsKept,
        ...limits,
        signal,
      });
      return await unlessInvalid(looking);
    };
    const all = await gathered();
    if (all.emptied) found.push(nothingLeft);
    const whole = all.emptied ? undefined : await look(all, 'train', minimumExamples);
    const divides = whole?.errors === 0 && !all.heldOut;
    const heritage = (divides && (await unlessInvalid(parted()))) || all;
    const train = heritage.divided ? await look(heritage, 'train', minimumExamples) : whole;
    const heldOut = await look(heritage, 'heldOut', 1);
    return { heritage, ...(train ? { train } : {}), ...(heldOut ? { heldOut } : {}), found };
  }
}

type Limits = ReturnType<typeof limitsOf>;

/** What of a base says how data are checked and counted. */
function limitsOf(base: ModelEntry | undefined) {
  return base && { maxTokensPerExample: base.trainingContextTokens, encoding: base.encoding, without: base.without };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => {
    made ??= make();
    return await made;
  };
}
