import { TunewrightError } from '../../contract/errors.ts';
import type { RateLimits } from '../../contract/rate-limits.ts';
import type { EvaluationItem, Sample } from '../sample.ts';
import { AnswerLacks, parseTemplate, type Template } from '../templates.ts';

/** What asking a judge has used. */
export interface JudgeUse {
  inputTokens: number;
  outputTokens: number;
  /** US dollars, where prices are known. */
  usd?: number;
}

/** What a model that a grader asks has said, whatever else it is. */
export interface RemoteAnswer {
  use: JudgeUse;
  /** Of the model, where its platform tells them. */
  limits?: RateLimits | undefined;
}

/** A grader's judgement of one answer. */
export interface Grade {
  passed: boolean;
  /** In [0, 1], or in the range of the grader. */
  score: number;
  /** Why, where there is something to say that the score does not; it may quote the answer. */
  reason?: string;
}

/** The grading of one answer under way. */
export interface Grading {
  /** Makes a call to a model: as often and as slowly as it takes. */
  remote<Answer extends RemoteAnswer>(
    model: { connection?: string | undefined; model: string },
    call: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer>;
  /** Counts what asking a judge has used, whatever becomes of its answer. */
  count(use: JudgeUse): void;
}

/**
 * Judges answers. Throws a `TunewrightError` for what it cannot judge: `field_missing`, `no_reference`, `grader_failed`,
 * `judge_unreadable`, and what the platform of a judge throws.
 */
export interface Grader {
  /** The least score there is: of answers that lack what is graded, and of none. */
  least: number;
  /** Whether an example has all that is asked of it, before any answer. Throws `field_missing`, `no_reference`, `grader_failed`. */
  check(item: EvaluationItem): void;
  /** Of graders of tool calls: whether the example hopes for one. Where none does, whoever calls nothing is always right. */
  hopesForCall?(item: EvaluationItem): boolean;
  grade(item: EvaluationItem, sample: Sample, grading: Grading): Grade | Promise<Grade>;
}

/** What a judgement of texts may use beside them. */
interface Case {
  item: EvaluationItem;
  sample: Sample;
  grading: Grading;
}

/**
 * A grader of some texts, given as templates; `reference` must not be empty where it comes from the example.
 * @param comparable throws `grader_failed` for a reference that no answer can be compared with, as `judge` does when it meets one
 */
export function textGrader<Texts extends Partial<Record<string, string>>>(
  templates: Texts,
  judge: (texts: Texts, its: Case) => Grade | Promise<Grade>,
  comparable: (reference: string) => unknown = () => {},
): Grader {
  const parsed = Object.entries(templates).map(([name, text = '']) => ({ name, text, template: parseTemplate(text) }));
  return {
    least: 0,
    check(item) {
      for (const { name, text, template } of parsed) {
        template.check(item);
        if (name === 'reference' && isOfItem(text)) comparable(filledReference(template, item, { output_text: '' }));
      }
    },
    grade(item, sample, grading) {
      const texts: Partial<Record<string, string>> = {};
      for (const { name, template } of parsed) {
        texts[name] = name === 'reference' ? filledReference(template, item, sample) : template.fill(item, sample);
      }
      return judge(texts as Texts, { item, sample, grading });
    },
  };
}

/** Whether a template can be filled without an answer. */
export function isOfItem(template: string): boolean {
  return !/\{\{\s*sample\b/.test(template);
}

function filledReference(template: Template, item: EvaluationItem, sample: Sample): string {
  const text = template.fill(item, sample);
  if (text.trim() !== '' || template.constant) return text;
  throw new TunewrightError('no_reference', 'The example has no reference to grade by: it is empty.', {
    advice: 'Give the example an answer, or name another field as reference of the grader.',
  });
}

/** Right or wrong. */
export function verdict(passed: boolean, reason?: string): Grade {
  return { passed, score: passed ? 1 : 0, ...(reason === undefined ? {} : { reason }) };
}

/** A score, and whether it is enough. */
export function scored(score: number, threshold: number | undefined, reason?: string): Grade {
  // Inside of `multi` the score alone counts.
  const passed = threshold === undefined || score >= threshold;
  return { passed, score, ...(reason === undefined ? {} : { reason }) };
}

export function cannotGrade(message: string, advice: string): TunewrightError {
  return new TunewrightError('grader_failed', message, { advice });
}

/** The same grader, for which answers that lack what a template names have failed. */
export function lenient(grader: Grader): Grader {
  return {
    ...grader,
    async grade(item, sample, grading) {
      try {
        return await grader.grade(item, sample, grading);
      } catch (error) {
        if (!(error instanceof AnswerLacks)) throw error;
        return { passed: false, score: grader.least, reason: error.message };
      }
    },
  };
}
