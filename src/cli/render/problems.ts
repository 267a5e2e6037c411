import type { Problem } from '../../reconcile/finding.ts';
import { clean, cleanLines, type Paint } from './text.ts';

/** What could not be looked at, or not removed, and what to do. */
export function problemLines({ connection, id, message, advice }: Problem, paint: Paint): string {
  const what = clean(id ? `${connection}, ${id}` : connection);
  return `${paint('red', 'error:')} ${what}: ${cleanLines(message)}\n  what to do: ${cleanLines(advice)}`;
}
