import catalogue from './models.json' with { type: 'json' };
import type { Store } from './store.ts';

/** How a model can be tuned. */
export const METHODS = ['supervised', 'dpo', 'reinforcement'] as const;
export type Method = (typeof METHODS)[number];

/** Dollars for a million tokens. */
interface Prices {
  training: number;
  input: number;
  output: number;
}

/** A base model the platform offers. */
export interface BaseModel {
  id: string;
  aliases: string[];
  /** What it does other than to answer as it was taught. */
  kind?: 'judge' | 'embedding';
  /** How it can be tuned; empty for a model that cannot. */
  methods: readonly Method[];
  /** Unix seconds. */
  created: number;
  /** YYYY-MM-DD, from which day on the model and all its fine-tunes are gone; null when not announced. */
  shutdownDate: string | null;
  /** Longer training examples are cut to this many tokens. */
  maxExampleTokens: number;
  dollarsPerMillion: Prices;
}

/** Changes to the model list: fields by model id, or a whole new model. */
export type ModelOverrides = Record<string, Partial<Omit<BaseModel, 'id'>>>;

/** The base models in force. */
export interface Catalogue {
  list(): BaseModel[];
  /** The model of this id or alias, whether alive or shut down. */
  find(name: string): BaseModel | undefined;
  /** Applies changes; they outlive a restart. */
  override(changes: ModelOverrides): void;
}

/** models.json, then what an earlier process was told, then `overrides`. */
export function createCatalogue(store: Store, overrides: ModelOverrides = {}): Catalogue {
  const known = catalogue.models as BaseModel[];
  const models = new Map(known.map((model) => [model.id, model]));
  const find = (name: string) => models.get(name) ?? [...models.values()].find((model) => model.aliases.includes(name));
  const apply = (changes: ModelOverrides) => {
    for (const [name, change] of Object.entries(changes)) {
      const known: BaseModel = find(name) ?? {
        id: name,
        aliases: [],
        methods: METHODS,
        created: 0,
        shutdownDate: null,
        maxExampleTokens: 65_536,
        dollarsPerMillion: { training: 0, input: 0, output: 0 },
      };
      models.set(known.id, { ...known, ...change });
    }
  };
  let told = store.get<{ changes: ModelOverrides }>('models', 'overrides')?.changes ?? {};
  apply(told);
  apply(overrides);
  return {
    list: () => [...models.values()],
    find,
    override(changes) {
      apply(changes);
      for (const [name, change] of Object.entries(changes)) told = { ...told, [name]: { ...told[name], ...change } };
      store.put('models', { id: 'overrides', createdMs: 0, changes: told });
    },
  };
}

/** Whether a model with this shutdown date is gone at `nowMs` (from the start of that day, UTC). */
export function isShutDown(shutdownDate: string | null, nowMs: number): boolean {
  return shutdownDate !== null && nowMs >= Date.parse(`${shutdownDate}T00:00:00Z`);
}

/** Dollars of `tokens` at a price a million tokens. */
export function dollars(tokens: number, perMillion: number): number {
  return (tokens * perMillion) / 1_000_000;
}
