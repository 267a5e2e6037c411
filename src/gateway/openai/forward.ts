import { networkCode } from '../../platforms/network.ts';
import type { Platforms } from '../../platforms/registry.ts';
import { replaced, type Span } from './fields.ts';
import { toCaller, toUpstream } from './headers.ts';
import type { Target } from './routes.ts';

/** A caller's request, all of it read. */
export interface Call {
  /** Behind the base URL, such as `/chat/completions`. */
  path: string;
  headers: Headers;
  body: Buffer;
  /** Where the body names the model. */
  model: Span;
  /** Aborted when the caller goes away. */
  signal: AbortSignal;
}

/** What became of one attempt: an answer, whatever its status, or none; and what is wrong with the upstream, if anything is. */
export interface Outcome {
  answer?: Response;
  trouble?: string;
  cause?: unknown;
}

/** By what they have sent: the body of a response that is collected as garbage is cancelled while nobody reads it. */
const senders = new WeakMap<ReadableStream, Response>();

/** One attempt at one target; rethrows only what the caller's signal has aborted. */
export async function forward(platforms: Platforms, target: Target, call: Call): Promise<Outcome> {
  const { connection, modelId, deployment } = target;
  const waiting = new AbortController();
  const leave = () => waiting.abort();
  call.signal.addEventListener('abort', leave, { once: true });
  try {
    call.signal.throwIfAborted();
    const platform = platforms.get(connection);
    if (!platform.endpoint) return { trouble: 'not_offered' };
    const { url, headers, model } = await platform.endpoint({ model: modelId, deployment }, call.path, waiting.signal);
    const answer = await fetch(url, {
      method: 'POST',
      headers: toUpstream(call.headers, headers),
      body: replaced(call.body, call.model, model),
      signal: waiting.signal,
      // The credentials are for that address alone.
      redirect: 'manual',
    });
    const { status, body } = answer;
    if (body) senders.set(body, answer);
    const passed = new Response(body, { status, headers: toCaller(answer.headers) });
    return isTrouble(status) ? { answer: passed, trouble: `http_${status}` } : { answer: passed };
  } catch (cause) {
    if (call.signal.aborted) throw cause;
    return { trouble: nameOf(cause), cause };
  } finally {
    // From here on the server ends the answer's stream, and that the request, when the caller goes away.
    call.signal.removeEventListener('abort', leave);
  }
}

/**
 * Statuses that tell of the upstream and not of the request: it fails, the model is gone, or it does not take the
 * gateway's credentials.
 */
function isTrouble(status: number): boolean {
  return status >= 500 || status === 401 || status === 403 || status === 404 || status === 410;
}

function nameOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return networkCode(cause) ?? 'no_answer';
}
