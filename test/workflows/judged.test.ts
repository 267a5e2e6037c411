import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Prediction } from '../../src/evaluation/prediction.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';

let at: Pipeline;
beforeEach(async () => {
  at = await pipeline({}, { graderCode: { python: process.env.TUNEWRIGHT_PYTHON ?? 'python3' } });
});
afterEach(async () => await at.close());

const judge = {
  type: 'score_model' as const,
  model: 'stand-in-judge',
  input: [{ role: 'user' as const, content: 'Reference: {{item.reference}} Answer: {{sample.output_text}}' }],
  range: [1, 5] as [number, number],
  pass_threshold: 4,
};

async function predictionsOf({ predictions }: { predictions: { uri: string } }): Promise<Prediction[]> {
  const text = await readFile(fileURLToPath(predictions.uri), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('a judge grades both models, its scores have a mean, and what it costs is a part of the cost, estimated before', async () => {
  const hyperparameters = { epochs: 10 };
  const plain = await at.client.start(at.config({ hyperparameters }));
  await plain.result();
  const run = await at.client.start(at.config({ hyperparameters, evaluation: { grader: judge } }));
  const { comparison, cost } = await run.result();
  const { base, tuned } = comparison;
  expect(tuned.score.value).toBeGreaterThan(base.score.value);
  expect(tuned.meanScore ?? tuned.score.value * 4 + 1).toBeGreaterThan(4);
  const use = at.simulator.ledger().chat['stand-in-judge'];
  expect(use?.requests).toBe(base.examples + tuned.examples);
  const paid = (base.judge?.usd ?? 0) + (tuned.judge?.usd ?? 0);
  expect(paid).toBeCloseTo(use?.dollars ?? 0, 9);
  // The run before has asked the base model the same.
  expect(base.cached).toEqual({
    examples: base.examples,
    inputTokens: base.inputTokens,
    outputTokens: base.outputTokens,
  });
  const asked = (tokens: { inputTokens: number; outputTokens: number }) =>
    (tokens.inputTokens * 0.8 + tokens.outputTokens * 3.2) / 1_000_000;
  expect(cost.evaluationUsd).toBeCloseTo(asked(tuned) + paid, 9);
  const [without, withJudge] = [await plain.progress(), await run.progress()].map((now) => now.cost.estimatedUsd ?? 0);
  const estimated = (withJudge ?? 0) - (without ?? 0);
  expect(estimated).toBeGreaterThan(paid / 2);
  expect(estimated).toBeLessThan(paid * 3);
});

test('a judge that answers nonsense to some leaves these out, and they are counted and told', async () => {
  const nonsense = { choices: [{ index: 0, message: { role: 'assistant', content: 'Great!' } }] };
  at.simulator.faults.add({ kind: 'status', status: 200, body: nonsense, model: 'stand-in-judge', times: 3 });
  const run = await at.client.start(at.config({ hyperparameters: { epochs: 10 }, evaluation: { grader: judge } }));
  const { comparison } = await run.result();
  const { base, tuned } = comparison;
  expect((base.ungraded ?? 0) + (tuned.ungraded ?? 0)).toBe(3);
  const told = [...(await predictionsOf(base)), ...(await predictionsOf(tuned))].filter(({ grading }) => grading);
  expect(told).toHaveLength(3);
  expect(told[0]).toMatchObject({ passed: false, grading: { code: 'judge_unreadable' }, output: expect.any(String) });
  expect(comparison.ungraded).toBeGreaterThanOrEqual(2);
});

test('a judge that is refused for haste is waited for, and no question is asked twice for it', async () => {
  at.simulator.faults.add({ preset: 'rate_limited', model: 'stand-in-judge', times: 2 });
  const run = await at.client.start(at.config({ hyperparameters: { epochs: 10 }, evaluation: { grader: judge } }));
  const { comparison } = await run.result();
  expect(comparison.ungraded).toBeUndefined();
  expect(at.simulator.ledger().chat['stand-in-mini']?.requests).toBe(comparison.base.examples);
});

const python = process.env.TUNEWRIGHT_PYTHON ?? 'python3';
const withPython = spawnSync(python, ['--version']).status === 0 ? test : test.skip;

withPython("a run graded by a user's Python ends, and leaves no folder of it behind", async () => {
  const source = [
    'def grade(sample, item):',
    '    if "red" in item["messages"][1]["content"]:',
    '        raise ValueError("red")',
    '    return 1.0 if sample["output_text"] == item["reference"] else 0.25',
  ].join('\n');
  const grader = { type: 'python' as const, source, pass_threshold: 0.5 };
  const run = await at.client.start(at.config({ hyperparameters: { epochs: 10 }, evaluation: { grader } }));
  const { comparison } = await run.result();
  const { tuned } = comparison;
  expect(tuned.ungradedBy).toEqual({ grader_failed: tuned.ungraded });
  expect(comparison.ungraded).toBe(tuned.ungraded);
  const told = (await predictionsOf(tuned)).find(({ grading }) => grading);
  expect(told?.grading?.message).toBe('The code of the grader failed: ValueError in line 3 of the source.');
});
