import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BaseModel, type Catalogue, isShutDown } from './catalogue.ts';
import type { Clock } from './clock.ts';
import { loadModel, type TunedModel } from './learner/index.ts';
import type { Store, StoredRecord } from './store.ts';

/** A fine-tuned model or checkpoint. */
export interface ModelRecord extends StoredRecord {
  /** Base model's id. */
  base: string;
  jobId: string;
  /** Weights file, relative to the data folder. */
  weights: string;
  /** The model answers from this time (ms) on. */
  readyMs: number;
  /** Whether it is a checkpoint rather than a job's final model. */
  checkpoint: boolean;
}

/** A model as it can be used now. */
export interface ResolvedModel {
  id: string;
  base: BaseModel;
  tuned: ModelRecord | undefined;
}

/** All models of the platform, base and tuned. */
export interface Models {
  /** The model of this name if it exists, is ready and not shut down. */
  resolve(name: string): ResolvedModel | undefined;
  /** Models that can be used now; checkpoints are not listed. */
  list(): ResolvedModel[];
  /** The weights of a tuned model; a few are kept in memory. */
  load(model: ModelRecord): Promise<TunedModel>;
  /** Forgets a tuned model and its weights. */
  remove(model: ModelRecord): Promise<void>;
}

const LOADED_MODELS = 8;

/** Models over the catalogue and the store. */
export function createModels(dataDir: string, store: Store, catalogue: Catalogue, clock: Clock): Models {
  const loaded = new Map<string, Promise<TunedModel>>();

  const usable = (model: ResolvedModel | undefined) => {
    if (!model || isShutDown(model.base.shutdownDate, clock.now())) return undefined;
    return model.tuned && model.tuned.readyMs > clock.now() ? undefined : model;
  };
  const asTuned = (tuned: ModelRecord): ResolvedModel | undefined => {
    const base = catalogue.find(tuned.base);
    return base && { id: tuned.id, base, tuned };
  };

  return {
    resolve(name) {
      const base = catalogue.find(name);
      if (base) return usable({ id: base.id, base, tuned: undefined });
      const tuned = store.get<ModelRecord>('model', name);
      return tuned && usable(asTuned(tuned));
    },
    list() {
      const bases = catalogue
        .list()
        .flatMap((base) => [base.id, ...base.aliases].map((id): ResolvedModel => ({ id, base, tuned: undefined })));
      const tuned = store
        .list<ModelRecord>('model', { order: 'asc' })
        .filter((model) => !model.checkpoint)
        .map(asTuned);
      return [...bases, ...tuned].flatMap((model) => usable(model) ?? []);
    },
    load(model) {
      const known = loaded.get(model.id);
      const loading = known ?? loadModel(join(dataDir, model.weights)).then((file) => file.model);
      // Taking it out and in again keeps the map in order of last use.
      loaded.delete(model.id);
      loaded.set(model.id, loading);
      loading.catch(() => loaded.delete(model.id));
      const oldest = loaded.keys().next().value;
      if (loaded.size > LOADED_MODELS && oldest !== undefined) loaded.delete(oldest);
      return loading;
    },
    async remove(model) {
      store.remove('model', model.id);
      loaded.delete(model.id);
      // A job's model and its last checkpoint may share their weights.
      const shared = store.list('model', { where: { field: 'weights', value: model.weights }, limit: 1 });
      if (shared.length === 0) await rm(join(dataDir, model.weights), { force: true });
    },
  };
}
