import { TunewrightError } from '../../contract/errors.ts';
import type { ConfigOf } from '../../contract/graders.ts';
import type { GraderContext } from './context.ts';
import { parseFormula } from './formula.ts';
import { cannotGrade, type Grade, type Grader, lenient, scored } from './grader.ts';
import { single } from './single.ts';

/** Grades by several graders and makes one score of theirs. One that cannot grade leaves the whole answer ungraded. */
export function multi(config: ConfigOf<'multi'>, context: GraderContext): Grader {
  const { graders, calculate_output: formula, pass_threshold: threshold } = config;
  const parts = Object.entries(graders).map(([name, part]) => ({ name, grader: lenient(single(part, context)) }));
  const calculate = parseFormula(formula, Object.keys(graders));
  return {
    least: 0,
    check(item) {
      for (const { grader } of parts) grader.check(item);
    },
    async grade(item, sample, grading) {
      const grades: [name: string, grade: Grade][] = [];
      for (const { name, grader } of parts) {
        try {
          grades.push([name, await grader.grade(item, sample, grading)]);
        } catch (error) {
          throw error instanceof TunewrightError ? ofPart(name, error) : error;
        }
      }
      const score = calculate(Object.fromEntries(grades.map(([name, grade]) => [name, grade.score])));
      if (!Number.isFinite(score)) {
        throw cannotGrade(
          `The formula ${JSON.stringify(formula)} gives no number for this answer.`,
          'Keep calculate_output from dividing by 0 and from roots and logarithms of what is not above 0.',
        );
      }
      const reason = grades.map(([name, grade]) => `${name} ${Number(grade.score.toPrecision(4))}`).join(', ');
      return scored(score, threshold, reason);
    },
  };
}

/** The same failure, told with the name of the grader. */
function ofPart(name: string, error: TunewrightError): TunewrightError {
  const { code, message, advice, retry, retryAfterMs, status } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new TunewrightError(code, `${name}: ${message}`, {
    advice,
    retry,
    ...wait,
    ...(status ? { status } : {}),
    cause: error,
  });
}
