import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { answerKey, knownAnswers } from '../../src/activities/answers.ts';
import { parseRunConfig } from '../../src/contract/config.ts';
import { recordsAt } from '../../src/records/index.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline();
});
afterEach(async () => await at.close());

const baseAsked = () => at.simulator.ledger().chat['stand-in-mini']?.requests;

async function comparisonOf(evaluation: object) {
  const run = await at.client.start(at.config({ evaluation }));
  return await run.result();
}

test('what the base model has answered in one run the next does not ask again, and does not pay', async () => {
  const first = await comparisonOf({});
  const { base } = first.comparison;
  expect(base.cached).toBeUndefined();
  expect(baseAsked()).toBe(base.examples);

  const second = await comparisonOf({
    grader: { type: 'string_check', operation: 'eq', reference: '{{item.reference}}' },
  });
  expect(baseAsked()).toBe(base.examples);
  const { inputTokens, outputTokens, examples } = base;
  expect(second.comparison.base).toMatchObject({ examples, inputTokens, outputTokens });
  expect(second.comparison.base.cached).toEqual({ examples, inputTokens, outputTokens });
  expect(second.comparison.tuned.cached).toBeUndefined();
  const { tuned } = second.comparison;
  expect(second.cost.evaluationUsd).toBeCloseTo((tuned.inputTokens * 0.8 + tuned.outputTokens * 3.2) / 1e6, 9);

  const predictions = await readFile(fileURLToPath(second.comparison.base.predictions.uri), 'utf8');
  for (const line of predictions.trimEnd().split('\n')) {
    const prediction = JSON.parse(line);
    expect(prediction.cached).toBe(true);
    // How long it took then says nothing of now.
    expect(prediction.latencyMs).toBeUndefined();
  }
});

test('asked again is with other settings, when it is switched off, and where it is graded how long an answer takes', async () => {
  const { base } = (await comparisonOf({})).comparison;
  const anew = [{ maxOutputTokens: 200 }, { reuseAnswers: false }, { grader: { type: 'latency', max_ms: 60_000 } }];
  for (const [before, evaluation] of anew.entries()) {
    const { comparison } = await comparisonOf(evaluation);
    expect(comparison.base.cached).toBeUndefined();
    expect(baseAsked()).toBe((before + 2) * base.examples);
  }
});

describe('known answers', () => {
  const { evaluation } = parseRunConfig({ model: 'stand-in-mini', data: { train: 'data.jsonl' }, budgetUsd: 1 });
  const settings = { connection: 'simulator', model: 'stand-in-mini', seed: 1, maxOutputTokens: 256 };
  const key = answerKey(settings, { messages: [{ role: 'user', content: 'Where is my parcel?' }] });
  const answer = { text: 'shipping', inputTokens: 5, outputTokens: 1 };

  async function inEvaluation<T>(
    activityId: string,
    location: string,
    work: (known: ReturnType<typeof knownAnswers>) => Promise<T>,
  ) {
    const records = recordsAt(location);
    const use = async () => await work(knownAnswers(records.open, evaluation));
    try {
      return (await new MockActivityEnvironment({ activityId }).run(use)) as T;
    } finally {
      await records.close();
    }
  }

  test('are paid by the evaluation that has asked, also when a later attempt of it finds them', async () => {
    const { records } = at.settings;
    await inEvaluation('1', records, async (known) => {
      known.add(key, answer);
      await known.keep();
    });
    const find = async (id: string) => await inEvaluation(id, records, async (known) => await known.find(key));
    expect(await find('1')).toEqual(answer);
    expect(await find('2')).toEqual({ ...answer, cached: true });
  });

  test('are none where the records are away, and nothing fails', async () => {
    const found = await inEvaluation('1', '/dev/null/records.sqlite', async (known) => {
      known.add(key, answer);
      await known.keep();
      return await known.find(key);
    });
    expect(found).toBeUndefined();
  });
});
