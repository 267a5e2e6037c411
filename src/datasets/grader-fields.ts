import type { Example } from './formats.ts';
import { isRecord } from './json.ts';
import { type Finding, problemAt, shown } from './problem.ts';

/** Says of examples which fields that a grader's templates name they lack. */
export interface GraderFields {
  missing(example: Example): Finding[];
}

/**
 * Looks through the texts of a grader, of whatever kind, for `{{ item.field }}`, as OpenAI's graders and those of runs write it.
 * In a run `item.reference` is the answer hoped for.
 */
export function graderFields(grader: unknown): GraderFields {
  const paths = [...new Set(textsIn(grader).flatMap(namesIn))].map((name) => ({
    name,
    steps: name.replace(/\[(\d+)\]/g, '.$1').split('.'),
  }));
  return {
    missing: ({ chat }) =>
      paths
        .filter(({ steps }) => !stands(chat, steps))
        .map(({ name }) => problemAt(name, 'grader_field_missing', why(name))),
  };
}

function why(name: string): string {
  return `The grader's template names item.${shown(name).slice(1, -1)}, which this example lacks: its answers cannot be graded. Give the example the field, or mend the template.`;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/\{\{\s*item\.([^{}]*?)\s*\}\}/g)].map(([, name = '']) => name);
}

/** Own fields alone, as templates are filled in; null says nothing. */
function stands(chat: Example['chat'], steps: readonly string[]): boolean {
  if (steps[0] === 'reference' && chat.messages.at(-1)?.role === 'assistant') return true;
  let value: unknown = chat;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string, unknown>)[step];
  }
  return value !== null;
}
