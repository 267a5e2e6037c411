import type { Report } from './problem.ts';
import { checkFunctionCall, checkToolCalls } from './tools.ts';
import { isRecord } from './values.ts';

const roles = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);
const messageKeys = new Set([
  'role',
  'content',
  'name',
  'weight',
  'refusal',
  'function_call',
  'tool_calls',
  'tool_call_id',
  'audio',
]);

/** Checks one message. `calls` gathers the ids of the tool calls made so far. */
export function checkMessage(message: unknown, path: string, calls: Set<string>, report: Report): void {
  if (!isRecord(message)) {
    report('data_type', path, 'A message must be a JSON object.');
    return;
  }
  for (const key of Object.keys(message)) {
    if (!messageKeys.has(key)) {
      report('message_unrecognized_key', `${path}.${key.slice(0, 40)}`, 'The platform refuses keys it does not know.');
    }
  }
  if (message.role === undefined) {
    report('message_missing_key', `${path}.role`, 'A message needs a "role".');
  } else if (typeof message.role !== 'string' || !roles.has(message.role)) {
    report('unrecognized_role', `${path}.role`, `Use one of ${[...roles].join(', ')}.`);
  }
  if (message.name !== undefined && typeof message.name !== 'string') {
    report('name_type', `${path}.name`, 'A name must be a string.');
  }
  checkWeight(message, path, report);
  checkToolCalls(message, path, calls, report);
  checkFunctionCall(message, path, report);
  checkToolResult(message, path, calls, report);
  checkContent(message, path, report);
}

function checkWeight({ role, weight }: Record<string, unknown>, path: string, report: Report): void {
  if (weight === undefined) return;
  if (role !== 'assistant') {
    report('weight_not_allowed', `${path}.weight`, 'Only assistant messages are learnt, so only they have a weight.');
  } else if (weight !== 0 && weight !== 1) {
    report('weight_value', `${path}.weight`, 'A weight is 0 (not learnt) or 1 (learnt).');
  }
}

function checkToolResult(message: Record<string, unknown>, path: string, calls: Set<string>, report: Report): void {
  if (message.role === 'function' && typeof message.name !== 'string') {
    report('message_missing_key', `${path}.name`, 'A function message needs the "name" of the function that answered.');
  }
  if (message.role !== 'tool') return;
  const id = message.tool_call_id;
  if (typeof id !== 'string') {
    report('message_missing_key', `${path}.tool_call_id`, 'A tool message needs the "tool_call_id" it answers.');
  } else if (!calls.has(id)) {
    report('tool_result_without_call', `${path}.tool_call_id`, 'No assistant message before it made this call.');
  }
}

function checkContent(message: Record<string, unknown>, path: string, report: Report): void {
  const { content, role } = message;
  const at = `${path}.content`;
  if (Array.isArray(content)) {
    if (content.length === 0) report('missing_content', at, 'The list of content parts is empty.');
    for (const [i, part] of content.entries()) checkPart(part, role, `${at}[${i}]`, report);
    return;
  }
  if (typeof content === 'string' && content !== '') return;
  // An answer may consist of calls or of a refusal alone; then its content is null, empty or absent.
  const elsewhere = message.tool_calls ?? message.function_call ?? message.refusal;
  const empty = content === undefined || content === null || content === '';
  if (empty && role === 'assistant' && elsewhere !== undefined && elsewhere !== null) return;
  if (content === undefined) report('message_missing_key', at, 'A message needs "content".');
  report('missing_content', at, 'Content must be a non-empty string or a list of content parts.');
}

function checkPart(part: unknown, role: unknown, path: string, report: Report): void {
  if (!isRecord(part)) {
    report('data_type', path, 'A content part must be a JSON object.');
    return;
  }
  if (part.type === 'text' || part.type === 'refusal') {
    if (typeof part[part.type] !== 'string') report('missing_content', `${path}.${part.type}`, 'It must be a string.');
    return;
  }
  if (part.type !== 'image_url') {
    report('unrecognized_part', `${path}.type`, 'Use "text" or, in user messages, "image_url".');
    return;
  }
  if (role !== 'user') report('image_not_allowed', path, 'Only user messages may hold images.');
  const url = isRecord(part.image_url) ? part.image_url.url : undefined;
  if (typeof url !== 'string' || !/^(https?:|data:image\/)/.test(url)) {
    report('image_url', `${path}.image_url.url`, 'An image needs an http(s) address or a data: address.');
  }
}
