import type { ConfigOf } from '../../contract/graders.ts';
import { type Grader, textGrader, verdict } from './grader.ts';

type Operation = ConfigOf<'string_check'>['operation'];

/** OpenAI's meanings: `like` asks whether the input contains the reference, `ilike` the same whatever the case. */
const operations: Readonly<Record<Operation, (input: string, reference: string) => boolean>> = {
  eq: (input, reference) => input === reference,
  ne: (input, reference) => input !== reference,
  like: (input, reference) => input.includes(reference),
  ilike: (input, reference) => input.toLowerCase().includes(reference.toLowerCase()),
};

export function stringCheck({ input, reference, operation }: ConfigOf<'string_check'>): Grader {
  const holds = operations[operation];
  return textGrader({ input, reference }, (texts) => verdict(holds(texts.input, texts.reference)));
}

export function exactMatch({ normalise }: ConfigOf<'exact_match'>): Grader {
  const form = normalise ? normalised : (text: string) => text;
  const templates = { input: '{{sample.output_text}}', reference: '{{item.reference}}' };
  return textGrader(templates, ({ input, reference }) => verdict(form(input) === form(reference)));
}

function normalised(text: string): string {
  return text.trim().replace(/\.$/, '').trimEnd().toLowerCase();
}
