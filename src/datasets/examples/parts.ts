import { type Finding, problemAt } from '../problem.ts';
import { isRecord } from '../reading/json.ts';
import type { ChatMessage } from '../shapes.ts';
import type { Example } from './formats.ts';

/** What an example may hold beside text, and not every model is trained on. */
export type ExamplePart = 'images' | 'tools';

interface Untrained {
  holds(example: Example): boolean;
  finding: Finding;
}

const untrained: Readonly<Record<ExamplePart, Untrained>> = {
  images: {
    holds: (example) => messagesOf(example).some(({ content }) => Array.isArray(content) && content.some(isImage)),
    finding: problemAt('', 'images_not_trained', messageOf('images')),
  },
  tools: {
    holds: (example) =>
      Boolean(example.chat.tools?.length || example.chat.functions?.length) || messagesOf(example).some(callsTools),
    finding: problemAt('', 'tools_not_trained', messageOf('tools')),
  },
};

/** Errors of what the example holds and the model is not trained on. */
export function untrainedParts(example: Example, without: readonly ExamplePart[]): Finding[] {
  return without.flatMap((part) => (untrained[part].holds(example) ? [untrained[part].finding] : []));
}

function messageOf(part: ExamplePart): string {
  return `The model is not trained on ${part}: what the example teaches would be lost. Leave it out, or choose another model.`;
}

function messagesOf({ chat, rejected }: Example): readonly ChatMessage[] {
  return rejected ? [...chat.messages, rejected] : chat.messages;
}

function isImage(part: unknown): boolean {
  return isRecord(part) && part.type === 'image_url';
}

function callsTools({ role, tool_calls: calls, function_call: legacy }: ChatMessage): boolean {
  return role === 'tool' || Boolean(calls?.length || legacy);
}
