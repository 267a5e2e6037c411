import { meantRole } from '../examples/roles.ts';
import { shown } from '../problem.ts';
import { isBlank } from '../reading/blank.ts';
import { isRecord } from '../reading/json.ts';
import { leftOut, refused } from './fault.ts';
import { listOf } from './lists.ts';

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

function isSpeaking(role: string | undefined): role is Message['role'] {
  return role === 'system' || role === 'user' || role === 'assistant';
}

/** Whether something is a list of turns, or one written as JSON text. */
export function isTurns(value: unknown): boolean {
  return turnsIn(value) !== undefined;
}

/** A list, or one of turns that is written as JSON text, as tables have it; undefined for anything else. */
function turnsIn(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || !/^\s*\[\s*\{/.test(value)) return undefined;
  const list = listOf(value);
  return list?.every((turn) => typeof speakerOf(turn) === 'string') ? list : undefined;
}

function speakerOf(turn: unknown): unknown {
  return isRecord(turn) ? (turn.from ?? turn.role) : undefined;
}

/**
 * Turns `{from, value}` or `{role, content}` as messages; one turn may stand without a list, and text that is no list of them is
 * `role`'s. Throws `RowFault` for what is no such turn, for roles that cannot be told (function calls), and for turns that say nothing.
 */
export function messagesOf(value: unknown, column: string, role: Message['role']): Message[] {
  const turns = turnsIn(value) ?? [typeof value === 'string' ? { role, content: value } : value];
  return turns.map((turn) => messageOf(turn, column));
}

function messageOf(turn: unknown, column: string): Message {
  const from = speakerOf(turn);
  const said = isRecord(turn) ? (turn.value ?? turn.content) : undefined;
  if (typeof from !== 'string' || (said !== null && said !== undefined && typeof said !== 'string')) {
    const message = `The column ${shown(column)} must hold turns such as {"from": "human", "value": "..."}.`;
    throw refused('not_turns', message);
  }
  const role = meantRole(from);
  if (!isSpeaking(role)) {
    const message = `In ${shown(column)} a turn is from nobody that is known, such as system, human, user, gpt and assistant: calls of tools are not converted.`;
    throw refused('unrecognized_role', message);
  }
  if (isBlank(said ?? '')) throw leftOut('empty_turn', `In ${shown(column)} a turn says nothing.`);
  return { role, content: said as string };
}
