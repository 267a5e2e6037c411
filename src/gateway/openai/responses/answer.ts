import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ResponsesRequest } from './request.ts';

const usageShape = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: z.number().nullish() }).nullish(),
});
export type ChatUsage = z.infer<typeof usageShape>;

const choiceShape = z.object({
  finish_reason: z.string().nullish(),
  message: z.object({
    content: z.string().nullish(),
    refusal: z.string().nullish(),
    tool_calls: z
      .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
      .nullish(),
  }),
});

/** What is read of an answer of `/chat/completions`. */
const completionShape = z.object({
  model: z.string(),
  choices: z.tuple([choiceShape]).rest(choiceShape),
  usage: usageShape.nullish(),
});

/** What is read of a chunk of a streamed one. */
export const chunkShape = z.object({
  model: z.string().optional(),
  choices: z.array(
    z.object({
      finish_reason: z.string().nullish(),
      delta: z
        .object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(
              z.object({
                index: z.int(),
                id: z.string().nullish(),
                function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
              }),
            )
            .nullish(),
        })
        .nullish(),
    }),
  ),
  usage: usageShape.nullish(),
});

export type ContentPart =
  | { type: 'output_text'; text: string; annotations: []; logprobs: [] }
  | { type: 'refusal'; refusal: string };
export type OutputItem =
  | { type: 'message'; id: string; status: string; role: 'assistant'; content: ContentPart[] }
  | { type: 'function_call'; id: string; status: string; call_id: string; name: string; arguments: string };

export const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;
export const textPart = (text: string): ContentPart => ({ type: 'output_text', text, annotations: [], logprobs: [] });
export const messageItem = (content: ContentPart[], status = 'completed'): OutputItem & { type: 'message' } => ({
  ...{ type: 'message', id: newId('msg'), status, role: 'assistant', content },
});
export const callItem = (call_id: string, name: string, args: string): OutputItem & { type: 'function_call' } => ({
  ...{ type: 'function_call', id: newId('fc'), status: 'completed', call_id, name, arguments: args },
});

/** An answer of `/chat/completions` as one of `/responses`. Throws a `ZodError` for what is none. */
export function toResponse(body: unknown, asked: ResponsesRequest): Record<string, unknown> {
  const { model, choices, usage } = completionShape.parse(body);
  const [{ message, finish_reason: finish }] = choices;
  const content: ContentPart[] = [
    ...(message.content ? [textPart(message.content)] : []),
    ...(message.refusal ? [{ type: 'refusal' as const, refusal: message.refusal }] : []),
  ];
  const calls = message.tool_calls ?? [];
  const output = [
    ...(content.length > 0 || calls.length === 0 ? [messageItem(content)] : []),
    ...calls.map(({ id, function: called }) => callItem(id, called.name, called.arguments)),
  ];
  return { ...shell(asked, model), ...ending(finish), output, usage: usageOf(usage) };
}

/** All but what was answered. */
export function shell(asked: ResponsesRequest, model: string): Record<string, unknown> {
  return {
    ...{ id: newId('resp'), object: 'response', created_at: Math.floor(Date.now() / 1000), model },
    ...{ error: null, incomplete_details: null, status: 'in_progress', output: [], usage: null },
    ...{ instructions: asked.instructions ?? null, max_output_tokens: asked.max_output_tokens ?? null },
    ...{ temperature: asked.temperature ?? null, top_p: asked.top_p ?? null, metadata: asked.metadata ?? {} },
    ...{ tools: asked.tools ?? [], tool_choice: asked.tool_choice ?? 'auto' },
    ...{ parallel_tool_calls: asked.parallel_tool_calls ?? true, text: asked.text ?? { format: { type: 'text' } } },
    // Nothing is kept, so that nothing can be gone on from.
    ...{ store: false, previous_response_id: null, truncation: 'disabled', reasoning: asked.reasoning ?? null },
  };
}

export function ending(finish: string | null | undefined): { status: string; incomplete_details: object | null } {
  if (finish === 'length') return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (finish === 'content_filter') return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  return { status: 'completed', incomplete_details: null };
}

export function usageOf(usage: ChatUsage | null | undefined): object | null {
  if (!usage) return null;
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details } = usage;
  return {
    ...{ input_tokens: prompt_tokens, output_tokens: completion_tokens, total_tokens },
    input_tokens_details: { cached_tokens: prompt_tokens_details?.cached_tokens ?? 0 },
    output_tokens_details: { reasoning_tokens: completion_tokens_details?.reasoning_tokens ?? 0 },
  };
}
