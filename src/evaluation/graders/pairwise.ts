import type { ConfigOf } from '../../contract/graders.ts';
import type { EvaluationItem } from '../sample.ts';
import type { GraderContext } from './context.ts';
import { type Grader, type Grading, scored, textGrader } from './grader.ts';
import { askJudge, unreadable } from './judge.ts';
import { newFence } from './prompt.ts';

const choices = ['first', 'second', 'tie'] as const;
type Choice = (typeof choices)[number];

/**
 * A judge is shown the answer and the reference and prefers one, in both orders: judges favour a place. The score is 1
 * where the answer is preferred twice, 0 where the reference is, and 0.5 for ties and for a judge that contradicts itself.
 */
export function pairwise(config: ConfigOf<'pairwise'>, context: GraderContext): Grader {
  const { criteria, input, reference, pass_threshold: threshold, model } = config;
  const schema = { type: 'string', enum: choices };

  async function prefer(asked: string, first: string, second: string, grading: Grading): Promise<Choice> {
    const { rule, enclose } = newFence();
    const shown = [
      `What was asked:\n${enclose(asked, 'request')}`,
      `The first answer:\n${enclose(first, 'first')}`,
      `The second answer:\n${enclose(second, 'second')}`,
    ].join('\n\n');
    const request = 'Say which answer is better: "first", "second", or "tie" where neither is.';
    const messages = [
      { role: 'system', content: rule },
      { role: 'user', content: `${criteria}\n\n${shown}\n\n${request}` },
    ];
    const { value } = await askJudge(config, 'better', schema, messages, context, grading);
    const choice = choices.find((known) => known === value);
    if (choice === undefined) throw unreadable(`The judge ${model} preferred neither answer, and called it no tie.`);
    return choice;
  }

  const request = config.request === undefined ? {} : { request: config.request };
  const templates: { input: string; reference: string; request?: string } = { input, reference, ...request };
  return textGrader(templates, async (texts, { item, grading }) => {
    const asked = texts.request ?? questionOf(item);
    const [one, other] = await Promise.all([
      prefer(asked, texts.input, texts.reference, grading),
      prefer(asked, texts.reference, texts.input, grading),
    ]);
    const points = worth(one, 'first') + worth(other, 'second');
    const contradicts = one === other && one !== 'tie';
    return scored(
      points / 2,
      threshold,
      contradicts ? `The judge preferred the ${one} answer in both orders.` : undefined,
    );
  });
}

/** All messages but the answer that is hoped for. */
function questionOf({ messages }: EvaluationItem): string {
  return JSON.stringify(Array.isArray(messages) ? messages.slice(0, -1) : []);
}

/** Of a choice, to the answer that stood in this place. */
function worth(choice: Choice, place: 'first' | 'second'): number {
  if (choice === 'tie') return 0.5;
  return choice === place ? 1 : 0;
}
