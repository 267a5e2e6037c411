import { type Finding, grouped, linesOf, problemAt } from '../problem.ts';
import { isRecord } from '../reading/json.ts';
import type { Example } from './formats.ts';

/** So many lines are kept for each field: they are named, and one more says that there are others. */
const mostLines = 11;

/** Finds the fields that a grader's templates name and examples lack. */
export interface GraderFields {
  /** Which of the fields an example lacks, by their numbers. */
  lacking(example: Example): number[];
  add(lacking: readonly number[], line: number): void;
  /** One error a field. */
  result(): Finding[];
}

/**
 * Looks through the texts of a grader, of whatever kind, for `{{ item.field }}`, as OpenAI's graders and those of runs write it.
 * In a run `item.reference` is the answer hoped for.
 */
export function graderFields(grader: unknown): GraderFields {
  const names = new Set(textsIn(grader).flatMap(namesIn));
  const fields = [...names].map((name) => ({
    name,
    steps: name.replace(/\[(\d+)\]/g, '.$1').split('.'),
    lacking: 0,
    lines: [] as { line: number }[],
  }));
  return {
    lacking: ({ chat }) => fields.flatMap(({ steps }, index) => (stands(chat, steps) ? [] : [index])),
    add(lacking, line) {
      for (const index of lacking) {
        const field = fields[index] as (typeof fields)[number];
        field.lacking += 1;
        if (field.lines.length < mostLines) field.lines.push({ line });
      }
    },
    result: () =>
      fields
        .filter(({ lacking }) => lacking > 0)
        .map(({ name, lacking, lines }) => {
          const who = lacking === 1 ? 'one example lacks' : `${grouped(lacking)} examples lack`;
          const message = `The grader's template names this field of an item, which ${who} (${linesOf(lines)}): their answers cannot be graded. Give them the field, or mend the template.`;
          return problemAt(name, 'grader_field_missing', message);
        }),
  };
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
