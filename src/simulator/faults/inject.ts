import { setTimeout as pause } from 'node:timers/promises';
import type { AppBindings } from '../env.ts';
import { type FaultBook, OBJECTS } from './book.ts';
import type { FaultRule } from './rules.ts';

type Handler = (request: Request, bindings: AppBindings) => Promise<Response>;

/** Wraps a handler so that the faults in force strike its requests. */
export function withFaults(handler: Handler, faults: FaultBook): Handler {
  return async (incoming, bindings) => {
    const path = new URL(incoming.url).pathname;
    const isJson = incoming.headers.get('content-type')?.startsWith('application/json') ?? false;
    let request = incoming;
    let model: string | undefined;
    if (isJson && faults.needsModel()) {
      const text = await incoming.text();
      model = modelOf(text);
      request = new Request(incoming.url, { method: incoming.method, headers: incoming.headers, body: text });
    }
    const striking = faults.strike({ method: incoming.method, path, headers: incoming.headers, model });
    if (striking.length === 0) return handler(request, bindings);

    const of = <K extends FaultRule['kind']>(kind: K) =>
      striking.find((rule): rule is Extract<FaultRule, { kind: K }> => rule.kind === kind);
    const withObjects = { ...bindings };
    const job = of('job')?.job;
    const file = of('file')?.file;
    if (job) withObjects.jobFault = job;
    const batch = of('batch')?.batch;
    if (file) withObjects.fileFault = file;
    if (batch) withObjects.batchFault = batch;

    await delays(striking, 'before');
    const answer = await decide(
      striking.find((rule) => rule.kind !== 'delay' && !OBJECTS.includes(rule.kind)),
      request,
      withObjects,
      handler,
    );
    await delays(striking, 'after');
    return answer;
  };
}

async function decide(rule: FaultRule | undefined, request: Request, bindings: AppBindings, handler: Handler) {
  switch (rule?.kind) {
    case 'status':
      return new Response(rule.rawBody ?? JSON.stringify(rule.body ?? {}), {
        status: rule.status,
        headers: { 'content-type': rule.contentType ?? 'application/json', ...rule.headers },
      });
    case 'drop-before':
      return dropConnection(bindings);
    case 'drop-after':
      await (await handler(request, bindings)).arrayBuffer();
      return dropConnection(bindings);
    case 'truncate':
      return truncated(await handler(request, bindings));
    case 'duplicate':
      return twice(request, bindings, handler);
    default:
      return handler(request, bindings);
  }
}

/** Resets the connection; the answer returned is never sent. */
function dropConnection(bindings: AppBindings): Response {
  bindings.incoming.socket.resetAndDestroy();
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
}

async function truncated(answer: Response): Promise<Response> {
  const text = await answer.text();
  return new Response(text.slice(0, Math.floor(text.length / 2)), { status: answer.status, headers: answer.headers });
}

async function twice(request: Request, bindings: AppBindings, handler: Handler): Promise<Response> {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const body = hasBody ? await request.arrayBuffer() : null;
  const copy = () => new Request(request.url, { method: request.method, headers: request.headers, body });
  await (await handler(copy(), bindings)).arrayBuffer();
  return handler(copy(), bindings);
}

async function delays(rules: FaultRule[], when: 'before' | 'after'): Promise<void> {
  for (const rule of rules) {
    if (rule.kind === 'delay' && (rule.when ?? 'before') === when) await pause(rule.ms, undefined, { ref: false });
  }
}

function modelOf(text: string): string | undefined {
  try {
    const model = (JSON.parse(text) as { model?: unknown }).model;
    return typeof model === 'string' ? model : undefined;
  } catch {
    return undefined;
  }
}
