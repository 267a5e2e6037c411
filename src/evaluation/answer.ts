import type { RateLimits } from '../contract/rate-limits.ts';
import type { ToolCall } from '../contract/tool-call.ts';

/** A model's answer. */
export interface Answer {
  text: string;
  inputTokens: number;
  outputTokens: number;
  toolCalls?: readonly ToolCall[] | undefined;
  /** Where the platform tells a refusal apart. */
  refusal?: string | undefined;
  finishReason?: string | undefined;
  /** Measured here when absent, without the time spent waiting for the platform to take the question. */
  latencyMs?: number | undefined;
  /** US dollars, where prices are known. */
  usd?: number | undefined;
  /** Set when it was given earlier, and is paid. */
  cached?: true | undefined;
  /** Set when it was asked by batch, which costs less. */
  batched?: true | undefined;
  /** Of the platform, where it tells them. */
  limits?: RateLimits | undefined;
}
