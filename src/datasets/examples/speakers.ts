import { type Finding, warningAt } from '../problem.ts';
import type { JsonRecord } from '../reading/json.ts';
import { instructs } from './roles.ts';

/** Warnings of a conversation in which nobody instructs, or nobody asks. */
export function missingSpeakers(messages: readonly JsonRecord[], path: string): Finding[] {
  const found: Finding[] = [];
  if (!messages.some(instructs)) {
    const message = 'There is no system message. Where the model will be used with one, train with the same one.';
    found.push(warningAt(path, 'missing_system_message', message));
  }
  if (!messages.some(({ role }) => role === 'user')) {
    const message = 'There is no user message. Add the question that is answered.';
    found.push(warningAt(path, 'missing_user_message', message));
  }
  return found;
}
