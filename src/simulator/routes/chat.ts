import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { isObject, readJson } from '../body.ts';
import { complete, countedTokens, readChatRequest, viewCompletion } from '../chat/complete.ts';
import { completionChunks } from '../chat/stream.ts';
import type { AppEnv } from '../env.ts';
import type { Platform } from '../platform.ts';

/** /v1/chat/completions: plain and streamed answers. */
export function chatRoutes(platform: Platform): Hono<AppEnv> {
  const { clock, ledger, limiter, settings } = platform;
  const app = new Hono<AppEnv>();

  app.post('/', async (c) => {
    const body = await readJson(c);
    const request = readChatRequest(platform, body);
    const { requestsPerMinute: requests, tokensPerMinute: tokens } = settings.current;
    const headers = limiter.take(request.model.base.id, { requests, tokens }, countedTokens(request));
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    const { choices, use } = await complete(platform, request);
    ledger.addChat(request.model.id, use);
    if (body.stream !== true) return c.json(viewCompletion(request.model.id, clock.seconds(), choices, use));

    const withUsage = isObject(body.stream_options) && body.stream_options.include_usage === true;
    return streamSSE(c, async (stream) => {
      const chunks = completionChunks(request.model.id, clock.seconds(), choices, withUsage ? use : undefined);
      for (const chunk of chunks) await stream.writeSSE({ data: JSON.stringify(chunk) });
      await stream.writeSSE({ data: '[DONE]' });
    });
  });

  return app;
}
