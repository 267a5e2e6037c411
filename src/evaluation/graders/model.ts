import type { ConfigOf } from '../../contract/graders.ts';
import type { GraderContext } from './context.ts';
import { type Grader, scored } from './grader.ts';
import { askJudge, unreadable } from './judge.ts';
import { judgePrompt } from './prompt.ts';

/** A judge gives a number within `range`. */
export function scoreModel(config: ConfigOf<'score_model'>, context: GraderContext): Grader {
  const { range, pass_threshold: threshold, model } = config;
  const [low, high] = range;
  const bounds = `from ${low} to ${high}`;
  const schema = { type: 'number', description: `The score, ${bounds}.` };
  return judgedBy(config, low, `Give a score ${bounds}.`, async (messages, grading) => {
    const { value, reasoning } = await askJudge(config, 'score', schema, messages, context, grading);
    if (typeof value !== 'number' || value < low || value > high) {
      throw unreadable(`The judge ${model} gave no score ${bounds}.`);
    }
    return scored(value, threshold, reasoning);
  });
}

/** A judge chooses one of `labels`. */
export function labelModel(config: ConfigOf<'label_model'>, context: GraderContext): Grader {
  const { labels, passing_labels: passing, model } = config;
  const schema = { type: 'string', enum: labels };
  return judgedBy(config, 0, `Choose one of these labels: ${JSON.stringify(labels)}.`, async (messages, grading) => {
    const { value, reasoning } = await askJudge(config, 'label', schema, messages, context, grading);
    const label = labels.find((known) => known === value);
    if (label === undefined) throw unreadable(`The judge ${model} chose none of the labels.`);
    const passed = passing.includes(label);
    return { passed, score: passed ? 1 : 0, reason: `${label}: ${reasoning}` };
  });
}

type Judging = (
  messages: ReturnType<ReturnType<typeof judgePrompt>['messages']>,
  grading: Parameters<Grader['grade']>[2],
) => ReturnType<Grader['grade']>;

function judgedBy(
  config: ConfigOf<'score_model' | 'label_model'>,
  least: number,
  request: string,
  judge: Judging,
): Grader {
  const prompt = judgePrompt(config.input);
  return {
    least,
    check(item) {
      for (const template of prompt.templates) template.check(item);
    },
    grade: (item, sample, grading) => judge(prompt.messages(item, sample, request), grading),
  };
}
