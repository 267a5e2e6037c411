import type { Client } from '@temporalio/client';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { ArtifactStore } from '../../artifacts/index.ts';
import type { Platforms } from '../../platforms/registry.ts';
import type { Records, Watch } from '../../records/index.ts';
import type { Access, Caller } from '../access.ts';
import type { Counts } from '../counts.ts';
import { ask } from './ask.ts';
import { breaker } from './breaker.ts';
import { ApiError, answerApiError, toApiError } from './errors.ts';
import { files } from './files.ts';
import { jobs } from './jobs/index.ts';
import { models } from './models.ts';
import { routes } from './routes.ts';
import { uploads } from './uploads.ts';

export interface OpenAIContext {
  platforms: Platforms;
  /** Opens them when they are first needed. */
  records(): Promise<Records>;
  watch: Watch;
  access: Access;
  counts: Counts;
  store: ArtifactStore;
  client: Client;
  taskQueue: string;
  /** The connection of models that are named without one. */
  usual: string | undefined;
  /** What stands in the place of models that programs name. */
  models: Readonly<Record<string, string>>;
  /** Fields of each run that a program starts. */
  run: Readonly<Record<string, unknown>>;
  logger: Logger;
  /** Aborted when the gateway closes. */
  closing: AbortSignal;
}

/** `/openai/v1`: OpenAI's API for programs that know no other, in front of registered models and connections. */
export function openai(context: OpenAIContext): Hono<Caller> {
  const { platforms, access, logger } = context;
  const shared = { ...context, routes: routes({ ...context, connections: platforms.names }) };
  const app = new Hono<Caller>();
  app.use(access.use);
  app.use(async (c, next) => {
    // Where no key is asked for, a page in a browser of this machine could spend money here: it cannot hide that it is one.
    if (c.var.caller === undefined && c.req.header('origin') !== undefined) throw fromPage();
    await next();
  });
  app.route('/', ask({ ...shared, breaker: breaker() }));
  app.route('/models', models(shared));
  app.route('/files', files(shared));
  app.route('/uploads', uploads(shared));
  app.route('/fine_tuning/jobs', jobs(shared));

  app.all('*', (c) =>
    answerApiError(c, new ApiError(404, `There is no ${c.req.method} ${c.req.path} here.`, { code: 'unknown_url' })),
  );
  app.onError((error, c) => {
    if (c.req.raw.signal.aborted) return new Response(null, { status: 499 });
    const known = toApiError(error);
    if (known.status >= 500) logger.error({ err: error, path: c.req.path }, 'a request in the words of OpenAI failed');
    return answerApiError(c, known);
  });
  return app;
}

function fromPage(): ApiError {
  const message = 'Without keys this gateway answers no pages in browsers: set TUNEWRIGHT_GATEWAY_KEYS where it runs.';
  return new ApiError(403, message, { code: 'forbidden' });
}
