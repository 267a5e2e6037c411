import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { type Pipeline, pipeline, smallDataSet } from '../support/pipeline.ts';
import { failureOf, filesLeft } from '../support/watching.ts';

const python = process.env.TUNEWRIGHT_PYTHON ?? 'python3';
const withPython = spawnSync(python, ['--version']).status === 0 ? test : test.skip;

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline({}, { graderCode: { python } });
});
afterAll(async () => await at.close());

type EvaluationInput = NonNullable<RunConfigInput['evaluation']>;
type GraderInput = NonNullable<EvaluationInput['grader']>;

const judge = {
  type: 'score_model' as const,
  model: 'stand-in-judge',
  input: [{ role: 'user' as const, content: '{{sample.output_text}} {{item.reference}}' }],
  pass_threshold: 0.5,
};
const check = (reference: string) => ({ type: 'string_check' as const, operation: 'eq' as const, reference });

const tools = [{ type: 'function', function: { name: 'refund', parameters: { type: 'object', properties: {} } } }];

test.each<[string, GraderInput, string, RegExp]>([
  [
    'a template that names what examples lack',
    check('{{item.category}}'),
    'field_missing',
    /^13 of 13 held-out examples cannot be graded; the first is line \d+ of data\.train: The grader's template names item\.category/,
  ],
  [
    'a grader of JSON where the answers hoped for are none',
    { type: 'json' },
    'grader_failed',
    /^13 of 13 held-out examples cannot be graded; .*The reference is no JSON\.$/,
  ],
  [
    'a formula with a grader of numbers where there are none',
    { type: 'multi', graders: { a: { type: 'numeric' } }, calculate_output: 'a', pass_threshold: 1 },
    'grader_failed',
    /There is no number in the reference\.$/,
  ],
  [
    'a grader of tool calls where nothing calls a tool or could',
    { type: 'tool_calls' },
    'no_reference',
    /^No reference of the held-out examples calls a tool and none offers one/,
  ],
  ['a template that is none', check('{{item.category'), 'invalid_config', /opens {{ and never closes it/],
  ['a pattern that is none', { type: 'regex', pattern: '(' }, 'invalid_config', /pattern cannot be used/],
  [
    'a schema that is none',
    { type: 'json', check: 'schema', schema: { type: 1 } },
    'invalid_config',
    /schema of the grader/,
  ],
  [
    'a formula with a name that is none',
    { type: 'multi', graders: { a: { type: 'exact_match' } }, calculate_output: 'b', pass_threshold: 1 },
    'invalid_config',
    /names "b"/,
  ],
  ['a judge that is not there', { ...judge, model: 'stand-in-mimi' }, 'model_unpriced', /no model "stand-in-mimi"/],
  ['a connection that is none', { ...judge, connection: 'none' }, 'unknown_connection', /no connection "none"/],
  [
    'a module, which the worker does not allow',
    { type: 'module', module: './a.mjs', pass_threshold: 1 },
    'grader_not_allowed',
    /of the type module/,
  ],
])('%s is refused before anything is uploaded or paid', async (_, grader, code, message) => {
  await refused({ grader }, code, message);
});

withPython('so is Python that does not load', async () => {
  const source = 'def grade(sample, item):\n  return (';
  await refused({ grader: { type: 'python', source, pass_threshold: 1 } }, 'invalid_config', /SyntaxError in line 2/);
});

test('so is a field for slices that no held-out example has', async () => {
  await refused({ slices: ['messages', 'langage'] }, 'field_missing', /under messages, langage\.$/);
});

async function refused(evaluation: EvaluationInput, code: string, message: RegExp): Promise<void> {
  const run = await at.client.start(at.config({ evaluation }));
  expect(await failureOf(run)).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(await filesLeft(at)).toBe(0);
  expect(at.simulator.ledger().totals.jobs).toBe(0);
  expect(at.simulator.ledger().chat).toEqual({});
}

test('a run is warned where tools are offered and no reference calls one', async () => {
  const offering = smallDataSet()
    .trimEnd()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), tools }));
  const call = { id: 'call_1', type: 'function', function: { name: 'refund', arguments: '{}' } };
  const calling = offering.map(({ messages: [system, user] }) => ({
    messages: [system, user, { role: 'assistant', tool_calls: [call] }],
    tools,
  }));
  const warnings = async (name: string, lines: object[]) => {
    await writeFile(join(at.folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const evaluation = { grader: { type: 'tool_calls' as const } };
    const run = await at.client.start(at.config({ data: { train: name }, evaluation, budgetUsd: 1e-9 }));
    expect((await failureOf(run)).code).toBe('over_budget');
    return (await run.progress()).data?.warnings.filter((warning) => warning.endsWith('[no_tool_calls]'));
  };
  expect(await warnings('uncalled.jsonl', offering)).toEqual([
    expect.stringMatching(/^grader: No reference of the held-out examples calls a tool, so that a model which never/),
  ]);
  expect(await warnings('called.jsonl', calling)).toEqual([]);
});

test('only the examples that lack a field are counted, and the first is named by its line', async () => {
  const lines = smallDataSet().trimEnd().split('\n');
  const labelled = lines.map((line, index) =>
    JSON.stringify({ ...JSON.parse(line), ...(index % 8 === 3 ? {} : { label: 'x' }) }),
  );
  await writeFile(join(at.folder, 'labelled.jsonl'), `\n${labelled.join('\n')}\n`);
  const data = { train: 'data.jsonl', test: 'labelled.jsonl' };
  const run = await at.client.start(at.config({ data, evaluation: { grader: check('{{item.label}}') } }));
  expect((await failureOf(run)).message).toMatch(
    /^8 of 64 held-out examples cannot be graded; the first is line 5 of data\.test: /,
  );
});
