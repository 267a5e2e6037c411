import type OpenAI from 'openai';
import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import type { ToolCall } from '../../contract/tool-call.ts';
import { assistantText } from '../../datasets/index.ts';
import type { ChatAnswer, ChatRequest, TrainingPlatform } from '../platform.ts';
import { named } from './errors.ts';
import { limitsOf } from './limits.ts';
import { completionShape, toolCallShape } from './shapes.ts';

/** Asks one question; the answer is text, or the canonical form of its tool calls. */
export function chat(client: OpenAI): Pick<TrainingPlatform, 'chat'> {
  return {
    async chat(request) {
      return await named('Asking the model', async () => {
        const asked = client.chat.completions.create(chatBody(request), { signal: request.signal });
        const { data, response } = await asked.withResponse();
        const answer = chatAnswer(data);
        const limits = limitsOf(response.headers, Math.max(answer.inputTokens, request.maxOutputTokens));
        return { ...answer, ...(limits ? { limits } : {}) };
      });
    },
  };
}

/** What a completion says. Throws a `ZodError` for what is none. */
export function chatAnswer(completion: unknown): ChatAnswer {
  const { choices, usage } = completionShape.parse(completion);
  const { message = {}, finish_reason: finishReason } = choices[0] ?? {};
  const { refusal, tool_calls: calls } = message;
  const toolCalls = (calls ?? []).flatMap(toolCall);
  return {
    text: assistantText(message),
    ...(toolCalls.length > 0 ? { toolCalls } : {}),
    ...(refusal ? { refusal } : {}),
    ...(finishReason ? { finishReason } : {}),
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
  };
}

/** Calls of other kinds than functions are left out. */
function toolCall(call: unknown): ToolCall[] {
  const parsed = toolCallShape.safeParse(call);
  if (!parsed.success) return [];
  const { id, function: made } = parsed.data;
  const text = typeof made.arguments === 'string' ? made.arguments : JSON.stringify(made.arguments ?? null);
  return [{ ...(id ? { id } : {}), type: 'function', function: { name: made.name, arguments: text } }];
}

/** The question as the protocol puts it. */
export function chatBody(request: ChatRequest): ChatCompletionCreateParamsNonStreaming {
  const { model, messages, tools, maxOutputTokens, seed, responseFormat, sampling = { temperature: 0 } } = request;
  const { temperature, topP, reasoningEffort } = sampling;
  return {
    model,
    messages: messages.map(withoutWeight),
    ...(tools?.length ? { tools: tools as ChatCompletionTool[] } : {}),
    max_completion_tokens: maxOutputTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(reasoningEffort === undefined
      ? {}
      : { reasoning_effort: reasoningEffort as ChatCompletionCreateParamsNonStreaming['reasoning_effort'] }),
    ...(responseFormat
      ? { response_format: { type: 'json_schema', json_schema: { ...responseFormat, strict: true } } }
      : {}),
    seed,
  };
}

/** `weight` belongs to training data; a chat request with it is refused. */
function withoutWeight(message: unknown): ChatCompletionMessageParam {
  const { weight: _, ...rest } = message as ChatCompletionMessageParam & { weight?: number };
  return rest;
}
