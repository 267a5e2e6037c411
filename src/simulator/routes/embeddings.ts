import { Hono } from 'hono';
import { optionalNumber, optionalString, readJson, requiredString, wrongType } from '../body.ts';
import { dollars } from '../catalogue.ts';
import { DIMENSIONS, embed } from '../embeddings.ts';
import type { AppEnv } from '../env.ts';
import { badRequest, modelNotFound } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { countTokens } from '../tokens.ts';

const MOST_TEXTS = 2048;

/** /v1/embeddings: texts as vectors, of which the model is a stand-in. */
export function embeddingRoutes({ ledger, limiter, models, settings }: Platform): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.post('/', async (c) => {
    const body = await readJson(c);
    const name = requiredString(body, 'model');
    const model = models.resolve(name);
    if (!model) throw modelNotFound(name);
    if (model.base.kind !== 'embedding') throw badRequest(`${name} embeds no texts.`, 'model');
    const texts = readTexts(body.input);
    const dimensions = optionalNumber(body, 'dimensions', { min: 1, max: 4096, integer: true }) ?? DIMENSIONS;
    const base64 = (optionalString(body, 'encoding_format') ?? 'float') === 'base64';
    const promptTokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    const { requestsPerMinute: requests, tokensPerMinute: tokens } = settings.current;
    const headers = limiter.take(model.id, { requests, tokens }, promptTokens);
    for (const [header, value] of Object.entries(headers)) c.header(header, value);
    const paid = dollars(promptTokens, model.base.dollarsPerMillion.input);
    ledger.addChat(model.id, { requests: 1, promptTokens, completionTokens: 0, dollars: paid });
    return c.json({
      object: 'list',
      data: texts.map((text, index) => {
        const vector = embed(text, dimensions);
        return { object: 'embedding', index, embedding: base64 ? encoded(vector) : vector };
      }),
      model: model.id,
      usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    });
  });
  return app;
}

function readTexts(input: unknown): string[] {
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  if (texts.length === 0 || texts.length > MOST_TEXTS)
    throw badRequest(`'input' takes 1 to ${MOST_TEXTS} texts.`, 'input');
  return texts.map((text) => {
    if (typeof text !== 'string') throw wrongType('input', 'texts', text);
    if (text === '') throw badRequest("'input' cannot be an empty string.", 'input');
    return text;
  });
}

/** 32-bit floats, the lowest byte first. */
function encoded(vector: readonly number[]): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, 4 * at);
  return bytes.toString('base64');
}
