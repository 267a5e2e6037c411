import type { Example, Format } from '../examples/formats.ts';
import { type Finding, grouped, warningAt } from '../problem.ts';
import type { ChatMessage } from '../shapes.ts';
import type { TokenCounter } from '../tokens.ts';

/** An example of `tokens` where `most` are trained on: where it is cut off, and what is lost. */
export function tooLong(
  counter: TokenCounter,
  example: Example,
  { places }: Format,
  tokens: number,
  most: number,
): Finding {
  const all = places(example);
  const [path, message] = all[cutWithin(counter, example, all, most)] ?? ['', { role: '' }];
  const [more, read] = [tokens - most, most].map(grouped);
  const isLast = message === example.rejected || message === example.chat.messages.at(-1);
  const answers = example.chat.messages.at(-1)?.role === 'assistant';
  const lost =
    isLast && answers
      ? 'within this answer, whose end is lost'
      : `within this message, and what stands behind is lost${answers ? ', the answer too' : ''}`;
  const text = `The example has ${more} tokens more than the ${read} that are trained on: it is cut off ${lost}. Shorten it.`;
  return warningAt(path, 'example_too_long', text);
}

/** Which of its messages is the first that does not fit. Of a pair each answer follows what is asked. */
function cutWithin(
  counter: TokenCounter,
  { chat, rejected }: Example,
  places: readonly [path: string, message: ChatMessage][],
  most: number,
): number {
  const alone = (messages: readonly ChatMessage[]) => counter.example({ chat: { messages } }).tokens;
  const none = alone([]);
  const preferred = rejected ? places.length - 2 : -1;
  let before = counter.example({ chat: { ...chat, messages: [] } }).tokens;
  // What none before it does the last one does; it is often the longest, and not counted again.
  const found = places.slice(0, -1).findIndex(([, message], index) => {
    const end = before + alone([message]) - none;
    if (index !== preferred) before = end;
    return end > most;
  });
  return found < 0 ? places.length - 1 : found;
}
