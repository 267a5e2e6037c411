import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import { TunewrightError } from '../../contract/errors.ts';
import type { Platforms } from '../../platforms/registry.ts';
import type { Caller } from '../access.ts';
import type { Counts } from '../counts.ts';
import type { Breaker } from './breaker.ts';
import { ApiError, answerApiError, tooLarge } from './errors.ts';
import { stringFields, textOf } from './fields.ts';
import { type Call, forward, type Outcome } from './forward.ts';
import { forwardResponses, responsesPath } from './responses/index.ts';
import type { Route, Routes, Target } from './routes.ts';

export interface AskContext {
  platforms: Platforms;
  routes: Routes;
  breaker: Breaker;
  counts: Counts;
  logger: Logger;
}

/** Questions carry pictures and files; each is held in memory until it is answered. */
const largestBody = 64 * 1024 * 1024;
/** What a caller's own caller is called, in the order in which they decide a canary. */
const keyFields = ['safety_identifier', 'user'];

/** Questions to models: passed on to where the model's name leads, and their answers back as they are. */
export function ask(context: AskContext): Hono<Caller> {
  const app = new Hono<Caller>();
  const limit = bodyLimit({ maxSize: largestBody, onError: (c) => answerApiError(c, tooLarge(largestBody)) });
  for (const path of ['/chat/completions', responsesPath]) {
    app.post(path, limit, async (c) => await answer(c, path, context));
  }
  return app;
}

async function answer(c: Context<Caller>, path: string, context: AskContext): Promise<Response> {
  const body = Buffer.from(await c.req.arrayBuffer());
  const fields = stringFields(body, ['model', ...keyFields]);
  const model = fields.get('model');
  const name = textOf(body, model);
  if (model === undefined || name === undefined || name === '') throw noModel();
  const key =
    c.req.header('x-tunewright-key') ?? keyFields.map((field) => textOf(body, fields.get(field))).find(Boolean);
  const route = await context.routes.of(name, key);
  const { headers, signal } = c.req.raw;
  return await firstAnswer(route, { path, headers, body, model, signal }, context);
}

/** Of the first target that answers; where none does, what the first one asked has said. */
async function firstAnswer(route: Route, call: Call, context: AskContext): Promise<Response> {
  const { platforms, breaker, counts } = context;
  const failed: { target: Target; outcome: Outcome }[] = [];
  const notes: string[] = [];
  for (const [i, target] of route.targets.entries()) {
    // The last one is asked in any case: its own error tells more than ours.
    if (i < route.targets.length - 1 && !breaker.mayAsk(upstreamOf(target, call))) {
      notes.push(`version ${target.version}: down`);
      continue;
    }
    const outcome = await (call.path === responsesPath ? forwardResponses : forward)(platforms, target, call);
    if (outcome.answer && !outcome.trouble) {
      breaker.succeeded(upstreamOf(target, call));
      for (const other of failed) void dropped(other.outcome);
      counts.answered({ ...target, model: route.model }, outcome.answer.status);
      return withRoute(outcome.answer, route, target, notes);
    }
    breaker.failed(upstreamOf(target, call));
    notes.push(`version ${target.version}: ${outcome.trouble}`);
    failed.push({ target, outcome });
    tell(context, route, target, outcome);
  }
  const [first, ...others] = failed as [(typeof failed)[0], ...typeof failed];
  for (const other of others) void dropped(other.outcome);
  counts.answered({ ...first.target, model: route.model }, first.outcome.answer?.status ?? 502);
  if (first.outcome.answer) return withRoute(first.outcome.answer, route, first.target, []);
  throw noAnswer(first.target, first.outcome.cause);
}

/** What has no such route may answer at another. */
function upstreamOf({ connection, modelId }: Target, { path }: Call): string {
  return `${connection}/${modelId}${path}`;
}

/** Lest its connection stays open. */
async function dropped({ answer }: Outcome): Promise<void> {
  await answer?.body?.cancel().catch(() => {});
}

/** Of a model that is not registered the caller is told all there is to tell. */
function tell(
  { logger, counts }: AskContext,
  { model }: Route,
  target: Target,
  { trouble = '', cause }: Outcome,
): void {
  if (model === undefined) return;
  counts.failed({ ...target, model }, trouble);
  logger.warn({ model, ...target, trouble, err: cause }, 'a model did not answer');
}

/** Says who has answered, and in whose place. */
function withRoute(answer: Response, { model }: Route, { connection, version }: Target, notes: string[]): Response {
  const { headers } = answer;
  headers.set('x-tunewright-connection', encodeURIComponent(connection));
  if (model !== undefined) headers.set('x-tunewright-model', model);
  if (version !== undefined) headers.set('x-tunewright-version', String(version));
  if (notes.length > 0) headers.set('x-tunewright-fallback', notes.join(', '));
  return answer;
}

function noAnswer({ connection, modelId }: Target, cause: unknown): ApiError {
  if (cause instanceof TunewrightError && cause.code === 'model_not_found') {
    return new ApiError(404, `${cause.message} ${cause.advice}`, { code: 'model_not_found', param: 'model', cause });
  }
  const code = cause instanceof TunewrightError ? cause.code : 'upstream_unreachable';
  return new ApiError(502, `The connection "${connection}" gives no answer for ${modelId} (${code}).`, { code, cause });
}

function noModel(): ApiError {
  return new ApiError(400, 'You must provide a model: the body is no JSON object with a "model".', {
    code: 'missing_required_parameter',
    param: 'model',
  });
}
