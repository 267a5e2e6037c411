import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { Unfit } from '../../contract/distillation.ts';
import type { ToolCall } from '../../contract/tool-call.ts';
import type { ChatAnswer } from '../../platforms/platform.ts';

/** The assistant's message that is learnt. */
export type AnswerMessage = { role: 'assistant' } & ({ content: string } | { tool_calls: ToolCall[] });

/** What has become of one input: a line of an artifact. */
export type Answered = Judged & {
  /** US dollars. */
  usd: number;
};

type Judged = { message: AnswerMessage } | { unfit: Unfit };

/** What of an answer can be learnt, or why nothing. */
export function judged(answer: ChatAnswer | undefined, refused: boolean): Judged {
  if (!answer) return { unfit: 'unanswered' };
  const { text, toolCalls = [], finishReason } = answer;
  if (finishReason === 'length') return { unfit: 'cutOff' };
  if (refused || finishReason === 'content_filter') return { unfit: 'refusal' };
  if (toolCalls.length > 0) return { message: { role: 'assistant', tool_calls: toolCalls.map(withId) } };
  return text.trim() === '' ? { unfit: 'empty' } : { message: { role: 'assistant', content: text } };
}

/** Examples want ids, which some servers leave out. */
function withId(call: ToolCall, index: number): ToolCall {
  return { ...call, id: call.id ?? `call_${index}`, type: 'function' };
}

export function encodeAnswers(answers: readonly Answered[]): string {
  return answers.map((answer) => `${JSON.stringify(answer)}\n`).join('');
}

/** All answers of some artifacts, in their order. */
export async function* readAnswers(store: ArtifactStore, batches: readonly ArtifactRef[]): AsyncGenerator<Answered> {
  for (const batch of batches) {
    for (const line of (await store.readText(batch)).split('\n')) {
      if (line !== '') yield JSON.parse(line) as Answered;
    }
  }
}
