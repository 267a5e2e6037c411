import { addAll, type Finding, mostOfLine, problemAt, shown, warningAt } from '../problem.ts';
import { isRecord, type JsonRecord } from '../reading/json.ts';
import { foreignLayout, noObject } from './foreign.ts';
import { checkMessage, hasRole } from './messages.ts';
import { missingSpeakers } from './speakers.ts';
import { checkCallSequence, checkTools } from './tools.ts';

/** The fields of an example. */
export const exampleKeys = ['messages', 'tools', 'functions', 'parallel_tool_calls'];

/**
 * Everything wrong with one example for supervised training in OpenAI's chat format. The codes `data_type`,
 * `missing_messages_list`, `message_missing_key`, `message_unrecognized_key`, `unrecognized_role`, `missing_content` and
 * `example_missing_assistant_message` are those of OpenAI's data preparation guide.
 */
export function checkExample(example: unknown): Finding[] {
  if (!isRecord(example)) return [noObject(example)];
  if (!Object.hasOwn(example, 'messages') && Object.hasOwn(example, 'preferred_output')) {
    const message =
      'This is a pair for the method dpo, and the method supervised learns from answers. Train with the method dpo, or give the example a list of messages.';
    return [problemAt('', 'wrong_format', message)];
  }
  const foreign = Object.hasOwn(example, 'messages') ? undefined : foreignLayout(example);
  if (foreign) return [foreign];
  const { messages } = example;
  const rest = checkKeys(example);
  addAll(rest, checkTools(example));
  if (!Array.isArray(messages) || messages.length === 0) {
    const message = `There is no list of messages to learn from. ${otherCase(example)}Give the example a list "messages" with at least one; of other fields \`tunewright convert\` makes them.`;
    return [problemAt('messages', 'missing_messages_list', message), ...rest];
  }
  const records = messages.filter(isRecord);
  const found: Finding[] = [];
  for (let index = 0; index < messages.length && found.length < mostOfLine; index++) {
    addAll(found, checkMessage(messages[index], pathOf(index)));
  }
  addAll(found, checkRoles(messages, records));
  addAll(found, checkCallSequence(records, example));
  addAll(found, rest);
  return found;
}

/** Made once for nearly all examples. */
const paths = Array.from({ length: 100 }, (_, index) => `messages[${index}]`);

function pathOf(index: number): string {
  return paths[index] ?? `messages[${index}]`;
}

/** Names of fields are in small letters. */
function otherCase(example: JsonRecord): string {
  const [other, ...others] = Object.keys(example).filter((key) => key.toLowerCase() === 'messages');
  if (other === undefined || other === 'messages' || others.length > 0) return '';
  return `The field ${shown(other)} is written otherwise: \`tunewright validate FILE --fix OUT\` mends its name. `;
}

function checkKeys(example: JsonRecord): Finding[] {
  const found: Finding[] = [];
  const message =
    'This field is no part of the chat format: graders can use it, a platform may refuse it. Remove it if it is not needed.';
  for (const key in example) {
    if (found.length === mostOfLine) break;
    // One in capitals is told as what is missing.
    if (!exampleKeys.includes(key) && key.toLowerCase() !== 'messages')
      found.push(warningAt(shown(key), 'example_unrecognized_key', message));
  }
  return found;
}

function checkRoles(messages: readonly unknown[], records: readonly JsonRecord[]): Finding[] {
  const found: Finding[] = [];
  const last = messages.at(-1);
  const answers = records.filter(({ role }) => role === 'assistant');
  if (answers.length === 0) {
    const message =
      'No message is from the assistant, so there is nothing to learn. Add the answer the model should give.';
    found.push(problemAt('messages', 'example_missing_assistant_message', message));
  } else if (!isRecord(last) || last.role !== 'assistant') {
    const message =
      'The last message is not from the assistant: nothing is learnt from what follows the last answer, and there is no answer to hold out. End with the answer.';
    found.push(problemAt(`messages[${messages.length - 1}]`, 'last_message_not_assistant', message));
  } else if (answers.every(({ weight }) => weight === 0)) {
    const message =
      'Every answer has weight 0: the example is paid for and teaches nothing. Give one of them weight 1.';
    found.push(warningAt('messages', 'all_weights_zero', message));
  }
  addAll(found, missingSpeakers(records, 'messages'));
  // Who is missing may stand there under a role that is none.
  return found.length > 0 && !messages.every(hasRole) ? [] : found;
}
