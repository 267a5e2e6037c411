import { checkMessage } from './message.ts';
import type { Report } from './problem.ts';
import { checkTools } from './tools.ts';
import { isRecord } from './values.ts';

const exampleKeys = new Set(['messages', 'tools', 'parallel_tool_calls', 'functions']);

/**
 * Checks one line of OpenAI's chat format for supervised fine-tuning: every check of OpenAI's cookbook under the
 * cookbook's names, without its mistakes (it refuses tool calls, the roles `tool` and `developer`, and content parts).
 */
export function checkExample(example: unknown, report: Report): void {
  if (!isRecord(example)) {
    report('data_type', '', 'A line must be a JSON object with a list "messages".');
    return;
  }
  for (const key of Object.keys(example)) {
    if (!exampleKeys.has(key)) {
      report('unrecognized_key', key.slice(0, 40), 'The platform refuses keys it does not know: remove it.');
    }
  }
  checkTools(example, report);
  const { messages } = example;
  if (!Array.isArray(messages) || messages.length === 0) {
    report('missing_messages_list', 'messages', 'An example needs a non-empty list "messages".');
    return;
  }
  const calls = new Set<string>();
  for (const [i, message] of messages.entries()) checkMessage(message, `messages[${i}]`, calls, report);
  checkAnswers(messages.filter(isRecord), messages.length - 1, report);
}

/** There must be something to learn, and it must come last. */
function checkAnswers(messages: readonly Record<string, unknown>[], last: number, report: Report): void {
  const answers = messages.filter((message) => message.role === 'assistant');
  if (answers.length === 0) {
    report('example_missing_assistant_message', 'messages', 'Without an assistant message there is nothing to learn.');
    return;
  }
  if (messages.at(-1)?.role !== 'assistant') {
    report('last_message_not_assistant', `messages[${last}]`, 'The last message must be the answer to be learnt.');
  }
  if (answers.every((message) => message.weight === 0)) {
    report('nothing_to_learn', 'messages', 'Every assistant message has weight 0: give one of them weight 1.');
  }
}
