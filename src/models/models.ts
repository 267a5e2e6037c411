import { randomUUID } from 'node:crypto';
import { TunewrightError } from '../contract/errors.ts';
import type {
  ChampionChange,
  Feedback,
  FeedbackAnswer,
  PromoteRequest,
  RegisteredModel,
  Resolution,
  RollbackRequest,
} from '../contract/registry.ts';
import { pick } from '../contract/serving.ts';
import { type ChangeListener, createCache } from './cache.ts';
import { gatewaySource } from './gateway.ts';
import { recordsSource } from './records.ts';
import type { ModelWithVersions, Source } from './source.ts';

interface Common {
  /** How long what was last known is used while nothing can be heard, in seconds; 3600 when absent. */
  staleSeconds?: number;
}

/** Through a gateway, with one of its keys. */
export interface GatewayModels extends Common {
  url: string;
  key?: string;
}

/** From the records themselves: a `postgres://` URL, or the path of a SQLite file on this machine. */
export interface RecordsModels extends Common {
  records: string;
}

export type ModelsOptions = GatewayModels | RecordsModels;

/** A request that may leave its id to this software. */
type WithoutId<T extends { requestId: string }> = Omit<T, 'requestId'> & { requestId?: string };

/** Registered models, for a service that calls them. */
export interface Models {
  /**
   * Where a call goes now, from memory once the model was asked for; changes arrive in the background, within about two
   * seconds. The key decides a canary. Throws `model_unknown`, `no_champion`, `records_unavailable`.
   */
  resolve(name: string, options?: { key?: string }): Promise<Resolution>;
  /** Calls the listener when what the name resolves to has changed; answers how to stop that. */
  onChange(name: string, listener: ChangeListener): () => void;
  list(): Promise<RegisteredModel[]>;
  /** One model with its versions. Throws `model_unknown`. */
  get(name: string): Promise<ModelWithVersions>;
  /** Throws `version_dead`, `version_unknown`, `model_unknown`, `conflict`, `forbidden`. */
  promote(request: WithoutId<PromoteRequest>): Promise<ChampionChange>;
  /** Throws as `promote` does. */
  rollback(request: WithoutId<RollbackRequest>): Promise<ChampionChange>;
  /** One graded answer, for a canary. */
  feedback(feedback: Feedback): Promise<FeedbackAnswer>;
  /** Ends what goes on in the background; without it the process does not end. */
  close(): Promise<void>;
}

const defaultStaleSeconds = 3_600;

/** Nothing is asked yet. Throws `invalid_config`. */
export function createModels(options: ModelsOptions): Models {
  const { staleSeconds = defaultStaleSeconds } = options;
  const source = sourceOf(options);
  const cache = createCache(source, staleSeconds * 1000);
  return {
    async resolve(name, { key } = {}) {
      const serving = cache.serving(name);
      return pick(serving instanceof Promise ? await serving : serving, key);
    },
    onChange: (name, listener) => cache.onChange(name, listener),
    list: async () => await source.list(),
    get: async (name) => await source.get(name),
    promote: async (request) => await source.promote({ requestId: randomUUID(), ...request }),
    rollback: async (request) => await source.rollback({ requestId: randomUUID(), ...request }),
    // With an id of its own, so that one whose answer is lost is not counted twice.
    feedback: async (feedback) => await source.feedback({ id: randomUUID(), ...feedback }),
    async close() {
      cache.close();
      await source.close();
    },
  };
}

function sourceOf(options: ModelsOptions): Source {
  if ('records' in options) return recordsSource(options.records);
  if (URL.canParse(options.url) && /^https?:$/.test(new URL(options.url).protocol)) {
    return gatewaySource(options.url, options.key);
  }
  throw new TunewrightError('invalid_config', `"${options.url}" is not the address of a gateway.`, {
    advice: 'Give one such as http://gateway.internal:8787.',
  });
}
