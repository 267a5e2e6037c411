import { parseRunConfig } from '../../src/contract/config.ts';

const valid = { connection: 'openai', model: 'gpt-4.1-mini', data: { train: 'data.jsonl' }, budgetUsd: 20 };

/** What is said of each field that is wrong. */
function problems(changes: Record<string, unknown>): string[] {
  try {
    parseRunConfig({ ...valid, ...changes });
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
  return [];
}

test('every field that is missing or wrong is named at once, with what it should be', () => {
  expect(problems({})).toEqual([]);
  expect(
    problems({ model: undefined, data: 'data.jsonl', budgetUsd: '$20', hyperparameters: { epochs: '3' }, budget: 1 }),
  ).toEqual([
    'model: missing, expected string',
    'data: expected object, received string',
    'hyperparameters.epochs: expected "auto", or expected number, received string',
    'budgetUsd: expected number, received string',
    expect.stringMatching(/^\(top level\): Unrecognized key: "budget"; there are name, .*, budgetUsd, /),
  ]);
});

test('where a field has several forms, what is wrong within one of them is told with its place', () => {
  const input = [{ role: 'user', content: [{ type: 'image' }] }];
  const grader = { type: 'score_model', model: 'gpt-4.1', input, pass_threshold: 0.5 };
  expect(problems({ evaluation: { grader } })).toEqual([
    expect.stringMatching(/^evaluation\.grader\.input\.0\.content: expected string.*, or expected object.*, or 0: /),
  ]);
});

test('beside a field that there is not stand those that there are', () => {
  expect(problems({ hyperparameters: { n_epochs: 3 }, gate: { margins: { champions: 0 } } })).toEqual([
    'hyperparameters: Unrecognized key: "n_epochs"; there are epochs, batchSize, learningRateMultiplier, beta, computeMultiplier',
    'gate.margins: Unrecognized key: "champions"; there are base, prompted, champion',
  ]);
  expect(problems({ tries: [{ name: 'a' }, { name: 'b', seed: 2, epochs: 1 }] })).toEqual([
    'tries.1: Unrecognized key: "epochs"; there are name, model, hyperparameters, seed',
  ]);
  expect(problems({ evaluation: { grader: { type: 'exact_match', threshold: 1 } } })).toEqual([
    'evaluation.grader: Unrecognized key: "threshold"',
  ]);
});
