import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { etag } from 'hono/etag';
import type { Logger } from 'pino';
import { z } from 'zod';
import { TunewrightError } from '../contract/errors.ts';
import { describeIssues } from '../contract/issues.ts';
import type { AliveCheck } from '../contract/registry.ts';
import { rollbackTarget } from '../hosting/index.ts';
import type { Records, Watch } from '../records/index.ts';
import type { Access, Caller } from './access.ts';
import { answerError, statusOf } from './answers.ts';
import { streamChanges } from './changes.ts';

export interface ModelsContext {
  /** Opens them when they are first needed. */
  records(): Promise<Records>;
  watch: Watch;
  alive: AliveCheck;
  /** Refuses a version that would answer nobody. Throws `not_deployed`. */
  answers(model: string, version: number): Promise<void>;
  access: Access;
  logger: Logger;
  /** Aborted when the gateway closes. */
  closing: AbortSignal;
}

const largestBody = 64 * 1024;
const name = z.string().min(1).max(200);
/** Leaves room for the name of the key beside it. */
const who = z.string().min(1).max(140);
const version = z.int().min(1);

const promotionSchema = z.strictObject({
  version,
  by: who,
  reason: z.string().max(2_000).optional(),
  expectedChampion: version.nullable().optional(),
  requestId: name.optional(),
});

const rollbackSchema = z.strictObject({
  version: version.optional(),
  by: who,
  reason: z.string().min(1).max(2_000),
  requestId: name.optional(),
});

const feedbackSchema = z.strictObject({
  version: version.optional(),
  key: z.string().max(2_000).optional(),
  passed: z.boolean(),
  id: name.optional(),
});

/** `/v1/models`: the registry for services that have no database. */
export function models({ records, watch, alive, answers, access, logger, closing }: ModelsContext): Hono<Caller> {
  const app = new Hono<Caller>();
  app.use(access.use);
  app.use(bodyLimit({ maxSize: largestBody, onError: (c) => answerError(c, tooLarge()) }));
  app.get('/:name/changes', async (c) => await streamChanges(c, c.req.param('name'), await records(), watch, closing));

  // A copy may be kept, but is asked about each time: what is rolled back is out at once. Not for what never ends.
  app.get('*', etag(), async (c, next) => {
    await next();
    c.header('Cache-Control', 'private, no-cache');
  });
  app.get('/', async (c) => c.json(await (await records()).listModels()));
  app.get('/:name', async (c) => {
    const opened = await records();
    const model = await opened.getModel(c.req.param('name'));
    return c.json({ ...model, list: await opened.listVersions(model.name) });
  });
  app.get('/:name/resolve', async (c) => {
    const key = c.req.query('key');
    return c.json(await (await records()).resolve(c.req.param('name'), key === undefined ? {} : { key }));
  });
  app.get('/:name/serving', async (c) => c.json(await (await records()).serving(c.req.param('name'))));

  app.post('/:name/promote', access.change, async (c) => {
    const { by, requestId = randomUUID(), ...wanted } = await bodyOf(c, promotionSchema);
    const request = { model: c.req.param('name'), by: actor(c, by), requestId, ...wanted };
    await answers(request.model, request.version);
    return c.json(await (await records()).promote(request, alive));
  });
  app.post('/:name/rollback', access.change, async (c) => {
    const { by, requestId = randomUUID(), ...wanted } = await bodyOf(c, rollbackSchema);
    const request = { model: c.req.param('name'), by: actor(c, by), requestId, ...wanted };
    const version = await rollbackTarget(await records(), request.model, request.version);
    if (version !== undefined) await answers(request.model, version);
    return c.json(await (await records()).rollback(request, alive));
  });
  app.post('/:name/feedback', async (c) => {
    const feedback = await bodyOf(c, feedbackSchema);
    return c.json(await (await records()).feedback({ model: c.req.param('name'), ...feedback }));
  });

  app.onError((error, c) => {
    if (statusOf(error) >= 500) logger.error({ err: error }, 'a request about models failed');
    return answerError(c, error);
  });
  return app;
}

/** A claim, and by whose key it was made. */
function actor(c: Context<Caller>, by: string): string {
  return `${by} (key ${c.var.caller})`;
}

/** The content type is insisted on: a page in a browser cannot send it elsewhere without being asked first. */
async function bodyOf<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) throw badBody('it is not application/json');
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    throw badBody('it is not JSON');
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw badBody(describeIssues(parsed.error));
}

function badBody(why: string): TunewrightError {
  return new TunewrightError('invalid_config', `The body cannot be used: ${why}`, {
    advice: 'docs/models.md lists the fields of each route.',
  });
}

function tooLarge(): TunewrightError {
  return new TunewrightError('too_large', 'The body is too large.', { advice: 'Send 64 KiB at most.' });
}
