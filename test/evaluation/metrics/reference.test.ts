import type { Metric } from '../../../src/contract/graders.ts';
import { createGrader } from '../../../src/evaluation/graders/index.ts';
import { lcsLength } from '../../../src/evaluation/metrics/lcs.ts';
import { stem } from '../../../src/evaluation/metrics/porter.ts';
import fixture from '../fixtures/metrics.json' with { type: 'json' };
import { alone, failureOf, gradeOne, grader } from '../graders/support.ts';

const computed: readonly Exclude<Metric, 'cosine'>[] = [
  'rouge_1',
  'rouge_2',
  'rouge_3',
  'rouge_4',
  'rouge_5',
  'rouge_l',
  'bleu',
  'gleu',
  'meteor',
  'fuzzy_match',
];

describe('as the reference implementations compute them', () => {
  test.each(computed)('%s', async (metric) => {
    for (const { answer, reference, ...expected } of fixture.pairs) {
      // Google's ROUGE gives texts of other scripts 0; here they are told as what cannot be graded.
      if (metric.startsWith('rouge') && !/[a-z0-9]/i.test(reference)) continue;
      const config = { type: 'text_similarity', evaluation_metric: metric, pass_threshold: 0.5 } as const;
      const { score, passed } = await gradeOne(config, { reference }, answer);
      expect({ answer, reference, score }).toEqual({ answer, reference, score: expect.closeTo(expected[metric], 9) });
      expect(passed).toBe(score >= 0.5);
    }
  });

  test('stems, on which METEOR rests', () => {
    for (const [word, expected] of Object.entries(fixture.stems))
      expect(`${word} ${stem(word)}`).toBe(`${word} ${expected}`);
  });
});

test('the longest common subsequence is that of the plain table, at any length', () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (const size of [0, 1, 31, 32, 33, 64, 65, 200]) {
    const [left, right] = [size, size + random(9)].map((length) => Array.from({ length }, () => random(4)));
    expect(lcsLength(left as number[], right as number[])).toBe(byTable(left as number[], right as number[]));
  }
});

function byTable(left: readonly number[], right: readonly number[]): number {
  let row = new Array<number>(right.length + 1).fill(0);
  for (const item of left) {
    const next = [0];
    for (const [at, other] of right.entries()) {
      const best = Math.max(row[at + 1] as number, next[at] as number);
      next.push(item === other ? (row[at] as number) + 1 : best);
    }
    row = next;
  }
  return row.at(-1) as number;
}

test('ROUGE does not score a text of which it can read nothing', async () => {
  const config = { type: 'text_similarity', evaluation_metric: 'rouge_l', pass_threshold: 0.5 } as const;
  const { code, message } = await failureOf(() => gradeOne(config, { reference: '東京は大きい' }, '東京は大きい'));
  expect(code).toBe('grader_failed');
  expect(message).toBe('ROUGE reads Latin letters and digits only, and the reference has none.');
  const before = await failureOf(() => createGrader(grader(config), alone).check({ reference: '東京は大きい' }));
  expect(before.code).toBe('grader_failed');
});
