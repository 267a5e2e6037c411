import { APIError } from 'openai';
import { TunewrightError } from '../../../contract/errors.ts';
import { named } from '../../protocol/errors.ts';
import { request } from '../../protocol/request.ts';
import { keyIn } from '../../secrets.ts';
import type { HubJobs } from '../settings.ts';

type Library = typeof import('@huggingface/hub');

/** Whoever is asked, and as whom; what the library's functions want. */
interface Account {
  hubUrl: string;
  accessToken: string;
}

/** The hub of a connection: one attempt a call. */
export interface Hub {
  /** A call of the library, which moves files; it is loaded when it is first needed. */
  move<T>(what: string, doing: (library: Library, account: Account) => Promise<T>): Promise<T>;
  /** The same, and undefined for what is not there. */
  find<T>(what: string, doing: (library: Library, account: Account) => Promise<T>): Promise<T | undefined>;
  /** Any other call: its answer, whose body is still to be read. Throws `not_found` among others. */
  send(what: string, method: string, path: string, options?: SendOptions): Promise<Response>;
  /** Reads a body, so that what breaks it off is named. */
  read<T>(what: string, reading: () => Promise<T>): Promise<T>;
  token(): string;
}

interface SendOptions {
  body?: unknown;
  signal?: AbortSignal | undefined;
}

export function hubOf({ url, tokenEnv }: HubJobs, timeoutSeconds: number, env: NodeJS.ProcessEnv): Hub {
  const hubUrl = url.replace(/\/$/, '');
  let library: Promise<Library> | undefined;

  function token(): string {
    const value = keyIn(env, tokenEnv);
    if (value) return value;
    throw new TunewrightError('missing_key', `The environment variable ${tokenEnv} is not set.`, {
      advice: `Set ${tokenEnv} to a token of Hugging Face that may write to the namespace and start jobs.`,
    });
  }

  async function load(): Promise<Library> {
    return await import('@huggingface/hub').catch((cause: unknown) => {
      throw new TunewrightError('invalid_config', "Hugging Face's library is not installed.", {
        advice: 'Install it: npm install @huggingface/hub',
        cause,
      });
    });
  }

  const move: Hub['move'] = async (what, doing) =>
    await named(what, async () => {
      library ??= load();
      const loaded = await library;
      try {
        return await doing(loaded, { hubUrl, accessToken: token() });
      } catch (error) {
        if (!(error instanceof loaded.HubApiError)) throw error;
        throw APIError.generate(error.statusCode, { error: { message: error.message } }, undefined, new Headers());
      }
    });

  return {
    token,
    move,
    async find(what, doing) {
      try {
        return await move(what, doing);
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    read: named,
    send: async (what, method, path, { body, signal } = {}) =>
      await named(what, async () => {
        const address = path.startsWith('http') ? path : `${hubUrl}${path}`;
        const timeoutMs = timeoutSeconds * 1000;
        const response = await request(address, { method, token: token(), body, signal, timeoutMs });
        if (response.ok) return response;
        const error = { message: reasonOf(await response.text()) };
        throw APIError.generate(response.status, { error }, undefined, response.headers);
      }),
  };
}

export function isGone(error: unknown): boolean {
  return error instanceof TunewrightError && error.status === 404;
}

/** `{ "error": "…" }`, or whatever came. */
function reasonOf(text: string): string {
  try {
    return String((JSON.parse(text) as { error: unknown }).error);
  } catch {
    return text;
  }
}
