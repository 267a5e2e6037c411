import { newId } from '../ids.ts';
import type { ChatUse } from '../ledger.ts';
import { tokenTexts } from '../tokens.ts';
import { type Choice, viewUsage } from './complete.ts';

/** The chunks of a streamed completion, one a token, in the order OpenAI sends them. */
export function* completionChunks(
  model: string,
  created: number,
  choices: Choice[],
  use: ChatUse | undefined,
): Generator<object> {
  const id = newId('chatcmpl-');
  const chunk = (index: number, delta: object, finish: string | null) => ({
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    service_tier: 'default',
    system_fingerprint: 'fp_tunewright',
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    ...(use && { usage: null }),
  });
  for (const { index, message, finish_reason } of choices) {
    yield chunk(index, { role: 'assistant', content: message.content === null ? null : '', refusal: null }, null);
    for (const text of tokenTexts(message.content ?? '')) yield chunk(index, { content: text }, null);
    for (const [at, call] of (message.tool_calls ?? []).entries()) {
      yield chunk(index, { tool_calls: [{ index: at, ...call }] }, null);
    }
    yield chunk(index, {}, finish_reason);
  }
  if (use) yield { ...chunk(0, {}, null), choices: [], usage: viewUsage(use) };
}
