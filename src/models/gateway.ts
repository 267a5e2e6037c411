import { setTimeout } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { type ErrorCode, TunewrightError } from '../contract/errors.ts';
import type { Serving } from '../contract/registry.ts';
import type { News, Source } from './source.ts';

const timeoutMs = 10_000;
/** The gateway says every 15 seconds that it is there. */
const silentMs = 45_000;
const attempts = 3;

/** A gateway at that address. What changes something carries a request id, so that all can be tried again. */
export function gatewaySource(address: string, key: string | undefined): Source {
  const base = `${address.replace(/\/+$/, '')}/v1/models`;
  const authorization: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };

  async function ask<T>(path: string, body?: unknown): Promise<T> {
    for (let left = attempts - 1; ; left--) {
      try {
        return (await (await send(path, AbortSignal.timeout(timeoutMs), body)).json()) as T;
      } catch (error) {
        const named = error instanceof TunewrightError ? error : unreachable(address, error);
        if (named.code !== 'records_unavailable' || left === 0) throw named;
        await setTimeout((attempts - left) * (100 + Math.random() * 100));
      }
    }
  }

  async function send(path: string, signal: AbortSignal, body?: unknown): Promise<Response> {
    const answer = await fetch(base + path, {
      signal,
      headers: { ...authorization, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw await refusal(address, answer);
    return answer;
  }

  const of = (name: string, what = '') => `/${encodeURIComponent(name)}${what}`;
  return {
    serving: async (name) => await ask(of(name, '/serving')),
    async *follow(name, signal) {
      const silence = new AbortController();
      const giveUp = () => silence.abort(new Error('it has fallen silent'));
      const watchdog = globalThis.setTimeout(giveUp, silentMs).unref();
      try {
        const answer = await send(of(name, '/changes'), AbortSignal.any([signal, silence.signal]));
        for await (const event of events(answer)) {
          watchdog.refresh();
          yield newsOf(event);
        }
      } catch (error) {
        if (!signal.aborted) throw error instanceof TunewrightError ? error : unreachable(address, error);
      } finally {
        clearTimeout(watchdog);
      }
    },
    list: async () => await ask(''),
    get: async (name) => await ask(of(name)),
    promote: async ({ model, ...wanted }) => await ask(of(model, '/promote'), wanted),
    rollback: async ({ model, ...wanted }) => await ask(of(model, '/rollback'), wanted),
    feedback: async ({ model, ...given }) => await ask(of(model, '/feedback'), given),
    close: async () => undefined,
  };
}

interface ServerSentEvent {
  event?: string | undefined;
  data: string;
}

function events({ body }: Response): AsyncIterable<ServerSentEvent> {
  if (!body) throw new Error('The gateway has answered without a body.');
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
}

function newsOf({ event, data }: ServerSentEvent): News {
  if (event === 'serving') return { serving: JSON.parse(data) as Serving };
  if (event === 'none') return { none: named(JSON.parse(data), undefined) };
  return 'still';
}

interface ErrorAnswer {
  error: { code: ErrorCode; message: string; advice: string };
}

async function refusal(address: string, answer: Response): Promise<TunewrightError> {
  try {
    return named((await answer.json()) as ErrorAnswer, answer.status);
  } catch (cause) {
    const message = `${address} has answered with status ${answer.status}, and not as a gateway does.`;
    const code = answer.status >= 500 ? 'records_unavailable' : 'bad_answer';
    return new TunewrightError(code, message, { advice: 'Check the url and proxies.', status: answer.status, cause });
  }
}

/** The gateway's error as it was there. */
function named({ error: { code, message, advice } }: ErrorAnswer, status: number | undefined): TunewrightError {
  const retry = code === 'records_unavailable' ? 'yes' : 'never';
  return new TunewrightError(code, message, { advice, retry, ...(status === undefined ? {} : { status }) });
}

function unreachable(address: string, cause: unknown): TunewrightError {
  const { message, cause: inner } = cause as Error;
  const why = inner instanceof Error ? inner.message : message;
  return new TunewrightError('records_unavailable', `The gateway at ${address} cannot be reached: ${why}`, {
    advice: 'Check that `tunewright gateway` runs there, and the network.',
    retry: 'yes',
    cause,
  });
}
