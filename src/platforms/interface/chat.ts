import type { RateLimits } from '../../contract/rate-limits.ts';
import type { ToolCall } from '../../contract/tool-call.ts';

export interface ChatRequest {
  model: string;
  /** The messages as they stand in the data set. */
  messages: readonly unknown[];
  tools?: readonly unknown[] | undefined;
  maxOutputTokens: number;
  seed: number;
  /** The answer is to be JSON of this schema. */
  responseFormat?: { name: string; schema: Readonly<Record<string, unknown>> } | undefined;
  /** Temperature 0 when absent; what is left out of it is left to the platform. */
  sampling?: { temperature?: number; topP?: number; reasoningEffort?: string } | undefined;
  signal?: AbortSignal | undefined;
}

export interface ChatAnswer {
  /** The text, else the refusal, else the calls as canonical JSON. */
  text: string;
  /** Absent when no tool was called. */
  toolCalls?: ToolCall[];
  refusal?: string;
  finishReason?: string;
  inputTokens: number;
  outputTokens: number;
  /** Of the model, after this question; absent where the platform does not tell. */
  limits?: RateLimits;
}

export interface EmbedRequest {
  model: string;
  texts: readonly string[];
  signal?: AbortSignal | undefined;
}

export interface Embeddings {
  /** One a text, in their order. */
  vectors: number[][];
  inputTokens: number;
  /** Of the model, after these texts; absent where the platform does not tell. */
  limits?: RateLimits;
}

/** A model that others ask. */
export interface Asked {
  model: string;
  /** Under which it was brought into service; undefined where it answers by its id, or by configuration. */
  deployment?: string | undefined;
}

/** Where a model answers to whoever speaks OpenAI's protocol and sends these headers. */
export interface Endpoint {
  url: string;
  /** The connection's credentials among them. */
  headers: Readonly<Record<string, string>>;
  /** The model's name there. */
  model: string;
}

/** Asking models. */
export interface ChatMethods {
  /** `model` is the name of its deployment where models are deployed. */
  chat(request: ChatRequest): Promise<ChatAnswer>;
  /**
   * Where others' requests for the model go as they are; `path` is the protocol's, such as `/chat/completions`. Absent
   * where models are not asked so. Throws `model_not_found` when nothing answers for it.
   */
  endpoint?(asked: Asked, path: string, signal?: AbortSignal): Promise<Endpoint>;
  /** Texts as vectors; absent where the platform has no such models. */
  embed?(request: EmbedRequest): Promise<Embeddings>;
}
