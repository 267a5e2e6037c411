import { z } from 'zod';

// The fields are those of OpenAI's API description, `CreateResponse` and `CreateChatCompletionRequest`.

const textPart = z.object({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });
const imagePart = z.object({
  type: z.literal('input_image'),
  image_url: z.string('an image has to be named by its address'),
  detail: z.enum(['low', 'high', 'auto', 'original']).nullish(),
});
const content = z.union([z.string(), z.array(z.union([textPart, imagePart]))]);

const message = z.object({
  type: z.literal('message').optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content,
});
const functionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});
const functionOutput = z.object({ type: z.literal('function_call_output'), call_id: z.string(), output: content });
/** What another model has thought is for that one alone. */
const reasoningItem = z.object({ type: z.literal('reasoning') });
const item = z.union([message, functionCall, functionOutput, reasoningItem]);

const tool = z.strictObject({
  type: z.literal('function', 'only functions are tools there'),
  name: z.string(),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});

const format = z.union([
  z.object({ type: z.enum(['text', 'json_object']) }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string(),
    description: z.string().optional(),
    schema: z.record(z.string(), z.unknown()),
    strict: z.boolean().nullish(),
  }),
]);

const none = (what: string) => z.null(`where this model is asked there are no ${what}`).optional();

/** A request to `/responses` that can be put to `/chat/completions` instead; what has no counterpart there is an error. */
export const responsesRequest = z.strictObject({
  model: z.string(),
  input: z.union([z.string(), z.array(item)]),
  instructions: z.string().nullish(),
  max_output_tokens: z.int().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  stream: z.boolean().nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.object({ type: z.literal('function'), name: z.string() })])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  // A summary of thoughts is given where there are any: those servers tell none.
  reasoning: z.strictObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  text: z.strictObject({ format: format.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() }).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  // These say nothing of the answer, and are told back.
  metadata: z.record(z.string(), z.string()).nullish(),
  store: z.boolean().nullish(),
  truncation: z.literal('disabled').nullish(),
  service_tier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  stream_options: z.unknown().optional(),
  include: z.array(z.string()).max(0).nullish(),
  background: z.literal(false).nullish(),
  previous_response_id: none('earlier responses'),
  conversation: none('conversations'),
});
export type ResponsesRequest = z.infer<typeof responsesRequest>;

/** The same question as a body of `/chat/completions`. */
export function toChat(asked: ResponsesRequest): Record<string, unknown> {
  const { model, input, instructions, tools, tool_choice: choice, text, reasoning, stream } = asked;
  const body = {
    model,
    messages: [
      ...(instructions ? [{ role: 'system', content: instructions }] : []),
      ...(typeof input === 'string' ? [{ role: 'user', content: input }] : messagesOf(input)),
    ],
    max_completion_tokens: asked.max_output_tokens,
    temperature: asked.temperature,
    top_p: asked.top_p,
    tools: tools?.length
      ? tools.map(({ type, ...definition }) => ({ type, function: present(definition) }))
      : undefined,
    tool_choice: typeof choice === 'object' && choice ? { type: 'function', function: { name: choice.name } } : choice,
    parallel_tool_calls: asked.parallel_tool_calls,
    reasoning_effort: reasoning?.effort,
    response_format: formatOf(text?.format),
    verbosity: text?.verbosity,
    user: asked.user,
    safety_identifier: asked.safety_identifier,
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  };
  return present(body);
}

type Item = z.infer<typeof item>;
type ChatMessage = Record<string, unknown> & { tool_calls?: object[] };

function messagesOf(items: readonly Item[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const one of items) {
    if ('role' in one) {
      // Few templates know developers.
      const role = one.role === 'developer' ? 'system' : one.role;
      messages.push({ role, content: contentOf(one.content) });
    } else if (one.type === 'function_call') {
      const call = { id: one.call_id, type: 'function', function: { name: one.name, arguments: one.arguments } };
      const last = messages.at(-1);
      if (last?.role === 'assistant') last.tool_calls = [...(last.tool_calls ?? []), call];
      else messages.push({ role: 'assistant', content: null, tool_calls: [call] });
    } else if (one.type === 'function_call_output') {
      messages.push({ role: 'tool', tool_call_id: one.call_id, content: contentOf(one.output) });
    }
  }
  return messages;
}

/** One text where there are no pictures: that is what all servers take. */
function contentOf(parts: z.infer<typeof content>): unknown {
  if (typeof parts === 'string') return parts;
  if (parts.every((part) => 'text' in part)) return parts.map((part) => part.text).join('');
  return parts.map((part) =>
    'text' in part
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: present({ url: part.image_url, detail: part.detail }) },
  );
}

function formatOf(wanted: z.infer<typeof format> | null | undefined): unknown {
  if (!wanted || wanted.type === 'text') return undefined;
  if (wanted.type === 'json_object') return { type: wanted.type };
  const { type, ...schema } = wanted;
  return { type, json_schema: present(schema) };
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
