import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { GatewayKey } from '../config.ts';
import { TunewrightError } from '../contract/errors.ts';

/** What a route knows of its caller. */
export interface Caller {
  Variables: {
    /** The name of its key; undefined where no key is asked for. */
    caller: string | undefined;
  };
}

export interface Access {
  /** Who may look, resolve and give feedback. Throws `wrong_key`, `forbidden`. */
  use: MiddlewareHandler<Caller>;
  /** Who may promote and roll back; to be put behind `use`. Throws `forbidden`. */
  change: MiddlewareHandler<Caller>;
}

/**
 * With keys, a caller has to know one. Without any, callers on this machine may look, if the gateway listens on a
 * loopback address; nobody may change anything.
 */
export function access(keys: readonly GatewayKey[], listensOn: string): Access {
  const known = keys.map((entry) => ({ ...entry, digest: digest(entry.key) }));
  const changers = new Set(keys.filter(({ mayChange }) => mayChange).map(({ name }) => name));

  return {
    async use(c, next) {
      if (known.length === 0) {
        // A page in a browser of this machine reaches a loopback address too, by a name of its own.
        if (!isLoopback(listensOn) || !isLoopback(new URL(c.req.url).hostname)) throw keysMissing();
        c.set('caller', undefined);
        return await next();
      }
      const given = digest(/^Bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '');
      // All are compared: how long it takes tells nothing.
      const caller = known.filter((entry) => timingSafeEqual(entry.digest, given))[0];
      if (!caller) throw wrongKey();
      c.set('caller', caller.name);
      await next();
    },

    async change(c, next) {
      const { caller } = c.var;
      if (caller === undefined || !changers.has(caller)) throw mayNotChange(caller);
      await next();
    },
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);
}

function keysMissing(): TunewrightError {
  return new TunewrightError('forbidden', 'This gateway has no keys, and so no routes for models.', {
    advice: 'Set TUNEWRIGHT_GATEWAY_KEYS where it runs, or let it listen on 127.0.0.1 and ask it from that machine.',
  });
}

function wrongKey(): TunewrightError {
  return new TunewrightError('wrong_key', 'The request carries no key of this gateway.', {
    advice: 'Send one of TUNEWRIGHT_GATEWAY_KEYS as "Authorization: Bearer KEY".',
  });
}

function mayNotChange(caller: string | undefined): TunewrightError {
  const who = caller === undefined ? 'Without a key nothing' : `With the key of "${caller}" nothing`;
  return new TunewrightError('forbidden', `${who} can be changed.`, {
    advice: 'Use a key of TUNEWRIGHT_GATEWAY_ADMIN_KEYS, or `tunewright models` on the command line.',
  });
}
