import { type Finding, problemAt } from '../problem.ts';
import { isRecord, type JsonRecord } from '../reading/json.ts';
import { exampleKeys } from './chat.ts';
import { noObject } from './foreign.ts';
import { checkMessage } from './messages.ts';
import { missingSpeakers } from './speakers.ts';
import { checkCallSequence, checkTools } from './tools.ts';

/** The fields of a question; all others are a grader's. */
export const questionKeys = [...exampleKeys, 'response_format'];
const responseFormats: readonly unknown[] = ['text', 'json_object', 'json_schema'];

/**
 * Everything wrong with one example for reinforcement in OpenAI's format
 * (developers.openai.com/api/docs/guides/reinforcement-fine-tuning, November 2026): a conversation that ends with what is
 * asked, and beside it any fields for graders.
 */
export function checkQuestion(example: unknown): Finding[] {
  if (!isRecord(example)) return [noObject(example)];
  if (!Object.hasOwn(example, 'messages') && Object.hasOwn(example, 'preferred_output')) {
    const message =
      'This is a pair for the method dpo, and the method reinforcement learns from questions. Train with the method dpo, or give the example a list of messages.';
    return [problemAt('', 'wrong_format', message)];
  }
  const { messages } = example;
  const rest = [...checkTools(example), ...checkResponseFormat(example)];
  if (!Array.isArray(messages) || messages.length === 0) {
    const message =
      'There is no list of messages to be answered. Give the example a list "messages" with at least one.';
    return [problemAt('messages', 'missing_messages_list', message), ...rest];
  }
  const records = messages.filter(isRecord);
  return [
    ...messages.flatMap((message, index) => checkMessage(message, `messages[${index}]`)),
    ...checkEnd(messages),
    ...missingSpeakers(records, 'messages'),
    ...checkCallSequence(records, example),
    ...rest,
  ];
}

function checkEnd(messages: readonly unknown[]): Finding[] {
  const last = messages.at(-1);
  if (!isRecord(last) || last.role === 'user') return [];
  const message =
    'The last message is not from the user, so that nothing is asked: by reinforcement the model answers by itself. End with the question, and give graders a good answer in a field beside the messages.';
  return [problemAt(`messages[${messages.length - 1}]`, 'last_message_not_user', message)];
}

function checkResponseFormat({ response_format: format }: JsonRecord): Finding[] {
  if (format === undefined) return [];
  const schema = isRecord(format) ? format.json_schema : undefined;
  const named = isRecord(schema) && typeof schema.name === 'string' && isRecord(schema.schema);
  if (isRecord(format) && responseFormats.includes(format.type) && (format.type !== 'json_schema' || named)) return [];
  const message =
    'A response format has the type text, json_object or json_schema, and the latter a json_schema with a name and a schema. Mend or remove it.';
  return [problemAt('response_format', 'invalid_response_format', message)];
}
