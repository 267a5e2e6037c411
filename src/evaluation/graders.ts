import type { GraderConfig } from '../contract/config.ts';
import { type EvaluationItem, parseTemplate, type Sample } from './templates.ts';

/** A grader's judgement of one answer; `score` is in [0, 1]. */
export interface Grade {
  passed: boolean;
  score: number;
}

export type Grader = (item: EvaluationItem, sample: Sample) => Grade;

type Operation = Extract<GraderConfig, { type: 'string_check' }>['operation'];

/** OpenAI's meanings: `like` asks whether the input contains the reference, `ilike` the same whatever the case. */
const operations: Readonly<Record<Operation, (input: string, reference: string) => boolean>> = {
  eq: (input, reference) => input === reference,
  ne: (input, reference) => input !== reference,
  like: (input, reference) => input.includes(reference),
  ilike: (input, reference) => input.toLowerCase().includes(reference.toLowerCase()),
};

/** Makes the function that grades answers. It and what it makes throw `invalid_config`, see {@link parseTemplate}. */
export function createGrader(config: GraderConfig): Grader {
  switch (config.type) {
    case 'exact_match': {
      const form = config.normalise ? normalised : (text: string) => text;
      return (item, sample) => grade(form(sample.output_text) === form(item.reference));
    }
    case 'string_check': {
      const input = parseTemplate(config.input);
      const reference = parseTemplate(config.reference);
      const holds = operations[config.operation];
      return (item, sample) => grade(holds(input(item, sample), reference(item, sample)));
    }
  }
}

function grade(passed: boolean): Grade {
  return { passed, score: passed ? 1 : 0 };
}

function normalised(text: string): string {
  return text.trim().replace(/\.$/, '').trimEnd().toLowerCase();
}
