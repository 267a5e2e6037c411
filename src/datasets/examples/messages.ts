import { addAll, type Finding, mostOfLine, problemAt, shown, warningAt } from '../problem.ts';
import { isBlank } from '../reading/blank.ts';
import { isRecord, type JsonRecord } from '../reading/json.ts';
import { areBlankParts, checkContent } from './content.ts';
import { keysOfRole, meantRole } from './roles.ts';
import { checkCalls } from './tools.ts';

/** Everything wrong with one message that can be told without the others. */
export function checkMessage(message: unknown, path: string): Finding[] {
  if (!isRecord(message)) return [problemAt(path, 'data_type', 'A message is an object with a role and content.')];
  const { role } = message;
  const keys = keysOfRole.get(role);
  if (!Object.hasOwn(message, 'role')) {
    return [
      problemAt(
        path,
        'message_missing_key',
        'The message has no role. Say who speaks: system, user, assistant or tool.',
      ),
    ];
  }
  if (!keys) return [problemAt(`${path}.role`, 'unrecognized_role', unrecognized(role))];
  const found = checkKeys(message, keys, path);
  const said = checkSaid(message, path);
  // What was said under another name is one mistake.
  if (said.some(({ code }) => code === 'message_missing_key') && saidElsewhere(message)) return said;
  addAll(found, said);
  addAll(found, checkName(message, path));
  if (role === 'assistant') addAll(found, checkAnswer(message, path));
  return found;
}

export function hasRole(message: unknown): boolean {
  return isRecord(message) && keysOfRole.has(message.role);
}

function unrecognized(role: unknown): string {
  const meant = meantRole(role);
  const roles = meant === undefined ? `one of ${[...keysOfRole.keys()].join(', ')}` : `"${meant}" for it`;
  return `The role is none that models are trained on. Use ${roles}.`;
}

function checkKeys(message: JsonRecord, allowed: readonly string[], path: string): Finding[] {
  const role = String(message.role);
  const found: Finding[] = [];
  for (const key in message) {
    if (allowed.includes(key)) continue;
    if (found.length === mostOfLine) break;
    found.push(
      key === 'weight'
        ? problemAt(
            `${path}.weight`,
            'invalid_weight',
            `Only assistant messages have a weight; this one is from ${role}. Remove it.`,
          )
        : problemAt(
            path,
            'message_unrecognized_key',
            `A message from ${role} has no field ${shown(key)}; platforms refuse the file for it. Remove it.`,
          ),
    );
  }
  if (role === 'tool' && typeof message.tool_call_id !== 'string') {
    found.push(
      problemAt(path, 'message_missing_key', 'A tool result must name the call it answers. Give it a tool_call_id.'),
    );
  }
  if (role === 'function' && typeof message.name !== 'string') {
    found.push(problemAt(path, 'message_missing_key', 'A function result must name its function. Give it a name.'));
  }
  return found;
}

/** Only an answer may do without content, and only when it calls a tool or refuses instead. */
function checkSaid(message: JsonRecord, path: string): Finding[] {
  const { role, content } = message;
  if (typeof content === 'string' && !isBlank(content)) return [];
  const instead =
    role === 'assistant' && [message.tool_calls, message.function_call, message.refusal].some((one) => one != null);
  if (content == null && instead) return [];
  if (!Object.hasOwn(message, 'content')) {
    const other = saidElsewhere(message);
    const advice =
      other === undefined ? 'Add what was said.' : `Its field ${shown(other)} seems to hold it: call that "content".`;
    return [problemAt(path, 'message_missing_key', `The message has no content. ${advice}`)];
  }
  const saysNothing = typeof content === 'string' || areBlankParts(content);
  if (role === 'assistant' && saysNothing) {
    const text =
      'The answer is empty or white space: the model learns to say nothing. Remove the example unless that is meant.';
    return instead ? [] : [warningAt(`${path}.content`, 'empty_answer', text)];
  }
  // A tool may well have had nothing to say.
  if (saysNothing && (role === 'tool' || role === 'function')) return [];
  return checkContent(content, String(role), `${path}.content`);
}

/** A field with text that the message's role does not have. */
function saidElsewhere(message: JsonRecord): string | undefined {
  const keys = keysOfRole.get(message.role) ?? [];
  return Object.keys(message).find((key) => !keys.includes(key) && typeof message[key] === 'string');
}

function checkName({ name }: JsonRecord, path: string): Finding[] {
  if (name === undefined || (typeof name === 'string' && /^[^\s<|\\/>]+$/.test(name))) return [];
  return [
    problemAt(`${path}.name`, 'invalid_name', 'A name is text without white space and < | \\ / >. Mend or remove it.'),
  ];
}

function checkAnswer(message: JsonRecord, path: string): Finding[] {
  const { weight, refusal } = message;
  const found = checkCalls(message, path);
  if (weight !== undefined && weight !== 0 && weight !== 1) {
    found.push(
      problemAt(
        `${path}.weight`,
        'invalid_weight',
        'A weight is the number 0 (do not learn this answer) or 1. Mend it.',
      ),
    );
  }
  if (refusal != null && (typeof refusal !== 'string' || refusal === '')) {
    found.push(
      problemAt(
        `${path}.refusal`,
        'invalid_refusal',
        'A refusal is the text with which the model declines. Mend or remove it.',
      ),
    );
  }
  return found;
}
