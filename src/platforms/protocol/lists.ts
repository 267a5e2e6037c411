import type OpenAI from 'openai';
import { z } from 'zod';

/** An answer without `data` is no list: the SDK's own lists would take it, a proxy's HTML page say, for an empty one. */
export const pageShape = z.looseObject({
  data: z.array(z.looseObject({ id: z.string().min(1) })),
  has_more: z.boolean().nullish(),
});

/** Every item of a cursor list, page by page. Throws a `ZodError` for an answer that is no list. */
export async function* listAll(
  client: OpenAI,
  path: string,
  query: Readonly<Record<string, unknown>>,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void, void> {
  let after: string | undefined;
  for (;;) {
    const answer = await client.get<unknown>(path, { query: { ...query, after }, signal });
    const page = pageShape.parse(answer);
    yield* page.data;
    const last = page.data.at(-1)?.id;
    // An endpoint that ignores the cursor would answer with the same page for ever.
    if (!page.has_more || last === undefined || last === after) return;
    after = last;
  }
}
