import { setTimeout } from 'node:timers/promises';
import { TunewrightError } from '../contract/errors.ts';
import { modelNamePattern, type Serving } from '../contract/registry.ts';
import type { News, Source } from './source.ts';

/** What a model resolves to now; undefined when to nothing. */
export type ChangeListener = (serving: Serving | undefined) => void;

export interface Cache {
  /** From memory, once the model is known. Throws `model_unknown`, `no_champion`, `records_unavailable`. */
  serving(name: string): Serving | Promise<Serving>;
  onChange(name: string, listener: ChangeListener): () => void;
  close(): void;
}

/** A model that is followed from when it was first asked for. */
interface Followed {
  /** Undefined until something was heard. */
  known: { serving: Serving } | { none: TunewrightError } | undefined;
  /** By `performance.now()`, when that was last so. */
  asOf: number;
  trouble: unknown;
  listeners: Set<ChangeListener>;
}

/** How long a name is taken for no model's without being asked again. */
const unknownMs = 10_000;
const firstRetryMs = 200;
const lastRetryMs = 10_000;

/** Keeps what models resolve to, and follows each one that was asked for; what is older than `staleMs` is not given. */
export function createCache(source: Source, staleMs: number): Cache {
  const followed = new Map<string, Followed>();
  const asking = new Map<string, Promise<Serving>>();
  const unknown = new Map<string, { error: TunewrightError; until: number }>();
  const closed = new AbortController();

  function follow(name: string): Followed {
    const present = followed.get(name);
    if (present) return present;
    const model: Followed = { known: undefined, asOf: 0, trouble: undefined, listeners: new Set() };
    followed.set(name, model);
    void keepFollowing(source, name, model, closed.signal);
    return model;
  }

  async function first(name: string): Promise<Serving> {
    const refused = unknown.get(name);
    if (refused && performance.now() < refused.until) throw refused.error;
    unknown.delete(name);
    try {
      const serving = await source.serving(name);
      const model = follow(name);
      if (!model.known) take(model, { serving });
      return serving;
    } catch (error) {
      if (!(error instanceof TunewrightError)) throw error;
      if (error.code === 'model_unknown') unknown.set(name, { error, until: performance.now() + unknownMs });
      if (error.code === 'no_champion') take(follow(name), { none: error });
      throw error;
    }
  }

  return {
    serving(name) {
      const model = followed.get(name);
      if (model?.known) {
        if (performance.now() - model.asOf > staleMs) throw tooOld(name, model);
        if ('none' in model.known) throw model.known.none;
        return model.known.serving;
      }
      if (!modelNamePattern.test(name)) throw noModelsName(name);
      // Many calls that come at once ask once.
      const already = asking.get(name);
      if (already) return already;
      const asked = first(name).finally(() => asking.delete(name));
      asking.set(name, asked);
      return asked;
    },

    onChange(name, listener) {
      const { listeners } = follow(name);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    close: () => closed.abort(),
  };
}

/** Hears of a model until the end, whatever becomes of the source. */
async function keepFollowing(source: Source, name: string, model: Followed, closed: AbortSignal): Promise<void> {
  for (let failures = 0; !closed.aborted; failures++) {
    try {
      for await (const news of source.follow(name, closed)) {
        failures = 0;
        take(model, news);
      }
    } catch (error) {
      model.trouble = error;
    }
    const waitMs = Math.min(lastRetryMs, firstRetryMs * 2 ** failures) * (0.5 + Math.random() / 2);
    await setTimeout(waitMs, undefined, { signal: closed }).catch(() => undefined);
  }
}

function take(model: Followed, news: News): void {
  model.asOf = performance.now();
  model.trouble = undefined;
  if (news === 'still') return;
  const before = model.known;
  model.known = news;
  if (before === undefined || JSON.stringify(before) === JSON.stringify(news)) return;
  const serving = 'serving' in news ? news.serving : undefined;
  for (const listener of model.listeners) {
    // What a listener throws is the caller's, and keeps nobody else from hearing.
    queueMicrotask(() => listener(serving));
  }
}

function tooOld(name: string, { trouble }: Followed): TunewrightError {
  const why = trouble instanceof Error ? `: ${trouble.message}` : '.';
  const message = `What "${name}" resolves to is known from too long ago${why}`;
  return new TunewrightError('records_unavailable', message, {
    advice: 'Bring the gateway or the database back; staleSeconds says how long the last known is used.',
    retry: 'yes',
    cause: trouble,
  });
}

function noModelsName(name: string): TunewrightError {
  return new TunewrightError('model_unknown', `"${name}" is not the name of a registered model.`, {
    advice: 'Names of models are 1-40 lower-case letters, digits and dashes.',
  });
}
