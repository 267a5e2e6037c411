import { type ErrorCode, TunewrightError } from '../contract/errors.ts';
import type { Answer } from './answer.ts';
import type { Grader, Grading, JudgeUse } from './graders/index.ts';
import type { Prediction } from './prediction.ts';
import type { Question } from './question.ts';
import { sampleOf } from './sample.ts';

/** Terminal failures that are about one example and say nothing of the others. */
const ofOneExample: readonly ErrorCode[] = ['refused', 'too_large'];
const ofGrading: readonly ErrorCode[] = ['field_missing', 'no_reference', 'grader_failed', 'judge_unreadable'];

/** Whether the next example may fare better. */
export function isOfOneExample({ code, retry }: TunewrightError): boolean {
  return (retry === 'never' && ofOneExample.includes(code)) || code === 'bad_answer';
}

/** Grades an answer. One that cannot be graded has no score, and its prediction says why. */
export async function graded(
  { index, item, slices, repeats }: Question,
  answer: Answer,
  grader: Grader,
  remote: Grading['remote'],
): Promise<Prediction> {
  const { text, inputTokens, outputTokens, latencyMs, cached, batched } = answer;
  const uses: JudgeUse[] = [];
  const known = {
    index,
    ...(repeats === undefined ? {} : { repeats }),
    reference: item.reference,
    output: text,
    ...(slices ? { slices } : {}),
    inputTokens,
    outputTokens,
    ...(latencyMs === undefined ? {} : { latencyMs: Math.round(latencyMs) }),
    ...(cached ? { cached } : {}),
    ...(batched ? { batched } : {}),
  };
  const judge = () => (uses.length > 0 ? { judge: total(uses) } : {});
  try {
    const grade = await grader.grade(item, sampleOf(answer), { remote, count: (use) => uses.push(use) });
    const { passed, score, reason } = grade;
    if (!Number.isFinite(score)) throw noNumber();
    const worth = score === Number(passed) ? {} : { score };
    return { ...known, passed, ...worth, ...(reason === undefined ? {} : { reason }), ...judge() };
  } catch (error) {
    if (!(error instanceof TunewrightError) || !(ofGrading.includes(error.code) || isOfOneExample(error))) throw error;
    const { code, message } = error;
    return { ...known, passed: false, grading: { code, message }, ...judge() };
  }
}

function noNumber(): TunewrightError {
  return new TunewrightError('grader_failed', 'The grader gave a score that is no number.', {
    advice: 'Look at what it compares: two texts of which an embedding says nothing, for example.',
  });
}

/** The prediction of an example that got no answer. */
export function unanswered(
  { index, item, slices, repeats }: Question,
  { code, message }: TunewrightError,
  least: number,
): Prediction {
  const score = least === 0 ? {} : { score: least };
  const known = {
    index,
    ...(repeats === undefined ? {} : { repeats }),
    reference: item.reference,
    passed: false,
    ...score,
    ...(slices ? { slices } : {}),
  };
  return { ...known, error: { code, message }, inputTokens: 0, outputTokens: 0 };
}

/** What judges have used together; the money is known when that of each is. */
export function total(uses: readonly JudgeUse[]): JudgeUse {
  const sum: JudgeUse = { inputTokens: 0, outputTokens: 0 };
  let usd: number | undefined = 0;
  for (const use of uses) {
    sum.inputTokens += use.inputTokens;
    sum.outputTokens += use.outputTokens;
    usd = usd === undefined || use.usd === undefined ? undefined : usd + use.usd;
  }
  return usd === undefined ? sum : { ...sum, usd };
}
