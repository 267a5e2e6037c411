import { graderSchema } from '../src/contract/graders.ts';
import { seededRandom } from '../src/datasets/random.ts';
import { createGrader, type Grader, type GraderContext, type Grading } from '../src/evaluation/graders/index.ts';
import type { EvaluationItem, Sample } from '../src/evaluation/sample.ts';
import { type Figure, median } from './support/figure.ts';
import type { Sizes } from './support/sizes.ts';

const words = 50;
const none = () => {
  throw new Error('These graders ask nobody.');
};
const context: GraderContext = { ask: none, embed: none, script: none };
const grading: Grading = { remote: none, count: none };

interface Case {
  what: string;
  config: object;
  answers: number;
  /** Answers a second. */
  reach?: number;
}

const cases: readonly Case[] = [
  { what: 'string checks', config: { type: 'string_check', operation: 'ilike' }, answers: 200_000, reach: 100_000 },
  ...['rouge_1', 'rouge_2', 'rouge_l'].map((metric) => ({
    what: `${metric} of ${words} words`,
    config: { type: 'text_similarity', evaluation_metric: metric, pass_threshold: 0.5 },
    answers: 30_000,
    reach: 20_000,
  })),
  ...['bleu', 'gleu', 'meteor', 'fuzzy_match'].map((metric) => ({
    what: `${metric} of ${words} words`,
    config: { type: 'text_similarity', evaluation_metric: metric, pass_threshold: 0.5 },
    answers: 10_000,
  })),
];

/** How many answers graders without a model grade a second, each on one core. */
export async function graders({ rounds }: Sizes): Promise<Figure[]> {
  const pairs = texts();
  const figures: Figure[] = [];
  for (const { what, config, answers, reach } of cases) {
    const grader = createGrader(graderSchema.parse(config), context);
    const speeds: number[] = [];
    for (let round = 0; round <= rounds; round++) speeds.push(await speed(grader, pairs, answers));
    // The first round warms up.
    const perSecond = median(speeds.slice(1));
    figures.push({
      what: `${what}, a second of one core`,
      measured: Math.round(perSecond).toLocaleString('en-US'),
      ...(reach ? { reach: { bound: `>= ${reach.toLocaleString('en-US')}`, kept: perSecond >= reach } } : {}),
    });
  }
  return figures;
}

/** Answers in a second of processor time: what else the machine does is no part of it. */
async function speed(grader: Grader, pairs: readonly [EvaluationItem, Sample][], answers: number): Promise<number> {
  const begun = process.cpuUsage();
  for (let at = 0; at < answers; at++) {
    const [item, sample] = pairs[at % pairs.length] as [EvaluationItem, Sample];
    await grader.grade(item, sample, grading);
  }
  const { user, system } = process.cpuUsage(begun);
  return (1_000_000 * answers) / (user + system);
}

/** Answers that share about two words in three with their references. */
function texts(): [EvaluationItem, Sample][] {
  const random = seededRandom(1);
  const word = () => `word${Math.floor(random() * 2_000).toString(36)}`;
  return Array.from({ length: 1_000 }, () => {
    const reference = Array.from({ length: words }, word);
    const answer = reference.map((one) => (random() < 2 / 3 ? one : word()));
    return [{ reference: reference.join(' ') }, { output_text: answer.join(' ') }];
  });
}
