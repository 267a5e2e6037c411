import { isRecord } from './json.ts';
import { type Finding, warningAt } from './problem.ts';

/** Warnings of a conversation in which nobody instructs, or nobody asks. */
export function missingSpeakers(messages: readonly unknown[], path: string): Finding[] {
  const found: Finding[] = [];
  const has = (...roles: unknown[]) => messages.some((message) => isRecord(message) && roles.includes(message.role));
  if (!has('system', 'developer')) {
    const message = 'There is no system message. Where the model will be used with one, train with the same one.';
    found.push(warningAt(path, 'missing_system_message', message));
  }
  if (!has('user')) {
    const message = 'There is no user message. Add the question that is answered.';
    found.push(warningAt(path, 'missing_user_message', message));
  }
  return found;
}
