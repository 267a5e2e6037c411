import { isSystem, textOf } from '../learner/messages.ts';
import type { ChatMessage } from '../learner/types.ts';

/** A conversation with a judge, as it reads it. */
export interface Read {
  /** What stands between marks, by the name that its mark gives it. */
  data: { name: string; text: string }[];
  /** Everything else that was said, the system's words left out. */
  said: string;
}

const declared = /<([a-z]+-[0-9a-z]{8,})\b/;

/**
 * Takes data apart from what is said to the judge. Data stand between `<WORD of="NAME">` and `</WORD>`, where the first
 * system message names the word, such as `<data-3f9a0c17`; without one, everything is said to the judge.
 */
export function readMarked(messages: readonly ChatMessage[]): Read {
  const system = messages.find(isSystem);
  const word = system && declared.exec(textOf(system))?.[1];
  const text = messages
    .filter((message) => message !== system)
    .map(textOf)
    .join('\n');
  if (!word) return { data: [], said: text };
  const data: Read['data'] = [];
  const block = new RegExp(`<${word} of="([^"]*)">\\n?([\\s\\S]*?)\\n?</${word}>`, 'g');
  const said = text.replace(block, (_, name: string, inner: string) => {
    data.push({ name, text: inner });
    return '';
  });
  return { data, said };
}
