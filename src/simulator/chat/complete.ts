import { randomInt } from 'node:crypto';
import { isObject, type JsonObject, optionalNumber, wrongType } from '../body.ts';
import { dollars } from '../catalogue.ts';
import { badRequest, modelNotFound } from '../errors.ts';
import { newId } from '../ids.ts';
import { exampleTokens } from '../jobs/check-file.ts';
import { judgement } from '../judge/judge.ts';
import { answer, type ChatMessage } from '../learner/index.ts';
import type { ChatUse } from '../ledger.ts';
import type { ResolvedModel } from '../models.ts';
import type { Services } from '../services.ts';
import { countTokens, truncateToTokens } from '../tokens.ts';

const CHARS_PER_TOKEN = 4;

interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** One answer of the model. */
export interface Choice {
  index: number;
  message: {
    role: 'assistant';
    content: string | null;
    refusal: null;
    annotations: never[];
    tool_calls?: ToolCall[];
  };
  logprobs: null;
  finish_reason: 'stop' | 'length' | 'tool_calls';
}

/** A chat request that was found sound. */
export interface ChatRequest {
  model: ResolvedModel;
  messages: ChatMessage[];
  choices: number;
  stop: string[];
  maxTokens: number | undefined;
  temperature: number;
  seed: number | undefined;
  /** The schema that the answer is to have, of which only the stand-in for a judge takes notice. */
  schema: JsonObject | undefined;
}

/** Checks a chat body. Throws a 400, or a 404 for a model that cannot be used. */
export function readChatRequest(services: Services, body: JsonObject): ChatRequest {
  if (typeof body.model !== 'string') throw badRequest('you must provide a model parameter');
  const model = services.models.resolve(body.model);
  if (!model) throw modelNotFound(body.model);
  if (model.base.kind === 'embedding') throw badRequest(`${body.model} is no chat model.`, 'model');
  const stop = body.stop ?? [];
  const stops = Array.isArray(stop) ? stop : [stop];
  if (stops.length > 4 || stops.some((text) => typeof text !== 'string'))
    throw wrongType('stop', 'up to 4 strings', stop);
  const limit = { min: 1, max: 1_000_000, integer: true };
  return {
    model,
    messages: readMessages(body.messages),
    choices: optionalNumber(body, 'n', { min: 1, max: 128, integer: true }) ?? 1,
    stop: stops as string[],
    maxTokens: optionalNumber(body, 'max_completion_tokens', limit) ?? optionalNumber(body, 'max_tokens', limit),
    // OpenAI's default is 1; the learner's choice is only made random where that is asked for.
    temperature: optionalNumber(body, 'temperature', { min: 0, max: 2 }) ?? 0,
    seed: optionalNumber(body, 'seed', {
      min: Number.MIN_SAFE_INTEGER,
      max: Number.MAX_SAFE_INTEGER,
      integer: true,
    }),
    schema: readSchema(body.response_format),
  };
}

function readSchema(format: unknown): JsonObject | undefined {
  if (format === undefined || format === null) return undefined;
  if (!isObject(format)) throw wrongType('response_format', 'an object', format);
  if (format.type !== 'json_schema') return undefined;
  const { name, schema } = isObject(format.json_schema) ? format.json_schema : {};
  if (typeof name === 'string' && isObject(schema)) return schema;
  throw badRequest("'response_format.json_schema' needs a name and a schema.", 'response_format');
}

/**
 * The tokens that a request counts for at once, as OpenAI's guide to rate limits says: the larger of what it may be answered
 * with and what its characters are estimated at.
 */
export function countedTokens({ messages, maxTokens = 0, choices }: ChatRequest): number {
  return Math.max(maxTokens * choices, Math.ceil(JSON.stringify(messages).length / CHARS_PER_TOKEN));
}

/** Asks the model; answers the choices and what they use. Nothing is written to the ledger. */
export async function complete(services: Services, request: ChatRequest): Promise<{ choices: Choice[]; use: ChatUse }> {
  const { model, messages } = request;
  const weights = model.tuned && (await services.models.load(model.tuned));
  const seed = request.seed ?? randomInt(2 ** 31);
  const choices: Choice[] = [];
  let completionTokens = 0;
  for (let index = 0; index < request.choices; index++) {
    const text =
      model.base.kind === 'judge'
        ? judgement(messages, request.schema)
        : answer(weights, messages, { temperature: request.temperature, seed: seed + index });
    const { choice, tokens } = toChoice(text, index, request);
    choices.push(choice);
    completionTokens += tokens;
  }
  const promptTokens = exampleTokens(messages);
  const price = model.base.dollarsPerMillion;
  return {
    choices,
    use: {
      requests: 1,
      promptTokens,
      completionTokens,
      dollars: dollars(promptTokens, price.input) + dollars(completionTokens, price.output),
    },
  };
}

/** The usage object of the API. */
export function viewUsage(use: ChatUse) {
  return {
    prompt_tokens: use.promptTokens,
    completion_tokens: use.completionTokens,
    total_tokens: use.promptTokens + use.completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The chat completion object of the API. */
export function viewCompletion(model: string, created: number, choices: Choice[], use: ChatUse) {
  return {
    id: newId('chatcmpl-'),
    object: 'chat.completion',
    created,
    model,
    choices,
    usage: viewUsage(use),
    service_tier: 'default',
    system_fingerprint: 'fp_tunewright',
  };
}

function toChoice(text: string, index: number, request: ChatRequest): { choice: Choice; tokens: number } {
  const calls = readToolCalls(text);
  const message = { role: 'assistant' as const, refusal: null, annotations: [] };
  if (calls) {
    const choice: Choice = {
      index,
      message: { ...message, content: null, tool_calls: calls },
      logprobs: null,
      finish_reason: 'tool_calls',
    };
    return { choice, tokens: countTokens(text) };
  }
  const ends = request.stop.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  let content = text.slice(0, ends.length > 0 ? Math.min(...ends) : text.length);
  let tokens = countTokens(content);
  let finish: Choice['finish_reason'] = 'stop';
  if (request.maxTokens !== undefined && tokens > request.maxTokens) {
    content = truncateToTokens(content, request.maxTokens);
    tokens = request.maxTokens;
    finish = 'length';
  }
  return { choice: { index, message: { ...message, content }, logprobs: null, finish_reason: finish }, tokens };
}

/** The tool calls a model was taught to make: its answer is then `{"tool_calls":[…]}`. */
function readToolCalls(text: string): ToolCall[] | undefined {
  if (!text.startsWith('{"tool_calls":[')) return undefined;
  let answered: { tool_calls: unknown[] };
  try {
    answered = JSON.parse(text);
  } catch {
    return undefined;
  }
  const calls = answered.tool_calls.map((call): ToolCall | undefined => {
    const target = isObject(call) && isObject(call.function) ? call.function : undefined;
    if (typeof target?.name !== 'string' || typeof target.arguments !== 'string') return undefined;
    return { id: newId('call_'), type: 'function', function: { name: target.name, arguments: target.arguments } };
  });
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

function readMessages(value: unknown): ChatMessage[] {
  if (!Array.isArray(value)) {
    throw badRequest("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  }
  if (value.length === 0) {
    throw badRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1.",
      'messages',
      'empty_array',
    );
  }
  return value.map((message: unknown, index): ChatMessage => {
    const name = `messages[${index}]`;
    if (!isObject(message)) throw wrongType(name, 'an object', message);
    if (typeof message.role !== 'string') throw wrongType(`${name}.role`, 'a string', message.role);
    const { content } = message;
    if (content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content)) {
      throw wrongType(`${name}.content`, 'a string or an array', content);
    }
    return { ...message, role: message.role, content };
  });
}
