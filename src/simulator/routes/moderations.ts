import { Hono } from 'hono';
import { isObject, readJson } from '../body.ts';
import type { AppEnv } from '../env.ts';
import { badRequest } from '../errors.ts';
import { newId } from '../ids.ts';
import { CATEGORIES, flaggedCategories } from '../moderation.ts';

/** /v1/moderations: text against a small word list. */
export function moderationRoutes(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.post('/', async (c) => {
    const body = await readJson(c);
    const model = typeof body.model === 'string' ? body.model : 'omni-moderation-latest';
    return c.json({ id: newId('modr-'), model, results: readTexts(body.input).map(result) });
  });
  return app;
}

function result(text: string) {
  const flagged = flaggedCategories(text);
  const each = <T>(value: (category: (typeof CATEGORIES)[number]) => T) =>
    Object.fromEntries(CATEGORIES.map((category) => [category, value(category)]));
  return {
    flagged: flagged.length > 0,
    categories: each((category) => flagged.includes(category)),
    // A word list knows no degrees.
    category_scores: each((category) => (flagged.includes(category) ? 1 : 0)),
    category_applied_input_types: each(() => ['text']),
  };
}

/** One text an input; the parts of a multi-modal input together are one. */
function readTexts(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0) throw badRequest("Missing required parameter: 'input'.", 'input');
  if (input.every((text) => typeof text === 'string')) return input;
  return [input.map((part: unknown) => (isObject(part) && typeof part.text === 'string' ? part.text : '')).join(' ')];
}
