import type { ToolCall } from '../contract/tool-call.ts';
import type { Answer } from './answer.ts';

/** What a grader sees of an example: the fields of its line in the data set, and the answer that was hoped for. */
export interface EvaluationItem {
  readonly reference: string;
  readonly [field: string]: unknown;
}

/** What a model answered. The names that templates know are OpenAI's. */
export interface Sample {
  /** The text, else the refusal, else the calls as canonical JSON. */
  readonly output_text: string;
  /** Told to code of the user's own alone; templates parse the text when they name it. */
  readonly output_json?: unknown;
  readonly output_tools?: readonly ToolCall[];
  readonly choices?: readonly unknown[];
  /** Where the platform tells a refusal apart. */
  readonly refusal?: string | undefined;
  /** From sending the question to the whole answer. */
  readonly latencyMs?: number | undefined;
  /** What the answer cost, where prices are known. */
  readonly usd?: number | undefined;
}

export function sampleOf({ text, toolCalls = [], refusal, finishReason, latencyMs, usd }: Answer): Sample {
  const calls = toolCalls.length > 0 ? { tool_calls: toolCalls } : {};
  const content = toolCalls.length > 0 || refusal ? null : text;
  const message = { role: 'assistant', content, refusal: refusal ?? null, ...calls };
  return {
    output_text: text,
    output_tools: toolCalls,
    choices: [{ index: 0, message, finish_reason: finishReason ?? null }],
    refusal,
    latencyMs,
    usd,
  };
}
