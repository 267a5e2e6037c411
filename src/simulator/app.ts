import { Hono } from 'hono';
import { adminRoutes } from './admin.ts';
import { checkApiKey } from './auth.ts';
import { managementRoutes } from './azure/management.ts';
import type { AppEnv } from './env.ts';
import { ApiError, notFound } from './errors.ts';
import type { FaultBook } from './faults/book.ts';
import type { Platform } from './platform.ts';
import { batchRoutes } from './routes/batches.ts';
import { chatRoutes } from './routes/chat.ts';
import { checkpointModelRoutes } from './routes/checkpoint-models.ts';
import { embeddingRoutes } from './routes/embeddings.ts';
import { fileRoutes } from './routes/files.ts';
import { jobRoutes } from './routes/jobs.ts';
import { modelRoutes } from './routes/models.ts';
import { moderationRoutes } from './routes/moderations.ts';
import { uploadRoutes } from './routes/uploads.ts';

/** All routes of the platform. */
export function createApp(
  platform: Platform,
  faults: FaultBook,
  access: { apiKeys?: string[] | undefined; adminToken?: string | undefined },
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.get('/health', (c) => c.json({ status: 'ok', simulated: true }));
  app.on('ALL', ['/v1/*', '/v0/*'], (c, next) => {
    checkApiKey(c.req.header('authorization'), access.apiKeys);
    // Chat has a limit of its own, by model.
    if (!c.req.path.endsWith('/chat/completions')) {
      platform.limiter.take('this account', { requests: platform.settings.current.callsPerMinute });
    }
    return next();
  });
  app.route('/v1/files', fileRoutes(platform));
  app.route('/v1/uploads', uploadRoutes(platform));
  app.route('/v1/fine_tuning/jobs', jobRoutes(platform));
  app.route('/v1/chat/completions', chatRoutes(platform));
  app.route('/v1/embeddings', embeddingRoutes(platform));
  app.route('/v1/models', modelRoutes(platform));
  app.route('/v0/models', checkpointModelRoutes(platform));
  app.route('/v1/moderations', moderationRoutes());
  app.route('/v1/batches', batchRoutes(platform));
  app.route('/subscriptions', managementRoutes(platform));
  app.route('/admin', adminRoutes(platform, faults, access.adminToken));

  app.notFound((c) => notFound(`Invalid URL (${c.req.method} ${c.req.path})`, undefined, 'unknown_url').toResponse());
  app.onError((error) => {
    if (error instanceof ApiError) return error.toResponse();
    return new ApiError(500, `The simulator failed: ${error.message}`, { type: 'server_error' }).toResponse();
  });
  return app;
}
