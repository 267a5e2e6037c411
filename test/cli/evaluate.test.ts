import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '../../src/client.ts';
import { type Connections, standInKeyEnv } from '../../src/platforms/registry.ts';
import { type Pipeline, pipeline, smallDataSet } from '../support/pipeline.ts';
import { type Circumstances, type } from './world.ts';

let parts: Pipeline;
let inPipeline: Circumstances;
/** The platform's id of a tuned model, version 1 of `intents`, which is its champion. */
let tuned: string;
beforeAll(async () => {
  const unbatched: Connections[string] = {
    platform: 'openai',
    baseURL: 'http://127.0.0.1:1/v1',
    apiKeyEnv: standInKeyEnv,
    lacks: ['batches'],
  };
  parts = await pipeline({}, {}, (usual) => usual, [], { unbatched });
  const { settings, folder: directory } = parts;
  inPipeline = {
    directory,
    loadSettings: async () => settings,
    createClient: async () => await createClient({ ...settings.temporal, taskQueue: settings.taskQueue }),
  };
  const gate = { minimumExamples: 5, minimumLifeDays: 0 };
  const run = await parts.client.start(parts.config({ register: 'intents', gate }));
  tuned = (await run.result()).model;
  // Others than those of the run, of which the answers are known.
  const asked = smallDataSet().replaceAll('please', 'kindly').replaceAll('where', 'whereabouts');
  await writeFile(join(directory, 'asked.jsonl'), asked);
  await writeFile(join(directory, 'broken.jsonl'), 'no example\n');
});
afterAll(async () => await parts.close());

const evaluate = async (...more: string[]) => await type(['evaluate', ...more], inPipeline);
const requests = () => Object.values(parts.simulator.ledger().chat).reduce((sum, use) => sum + use.requests, 0);

test('models are asked the same examples and compared with the first; a repeat asks nothing', async () => {
  const line = ['simulator/stand-in-mini', 'intents', `simulator/${tuned}`, '--data', 'asked.jsonl', '--budget', '1'];
  const before = requests();
  const { code, stdout, stderr } = await evaluate(...line);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('64 examples, 3 models\n');
  expect(stdout).toMatch(/\nsimulator\/stand-in-mini +\d+\/64 +\d+\.\d% +\d+\.\d to \d+\.\d +0\n/);
  expect(stdout).toMatch(/\nintents +64\/64 +100\.0% /);
  expect(stdout).toMatch(
    /\nagainst simulator\/stand-in-mini:\n {2}intents: \+\d+\.\d points, 95% interval .* \(\d+ fixed, 0 broken\)\n/,
  );
  const [, page = ''] = /\nreport: {2}(.+\.html) \(as \.md and \.json too\)\n/.exec(stdout) ?? [];
  expect(await readFile(page, 'utf8')).toContain('2 better, of 2');
  const markdown = await readFile(page.replace(/html$/, 'md'), 'utf8');
  expect(markdown).toContain('Each against simulator/stand-in-mini; above 0 it is better:');
  expect(JSON.parse(await readFile(page.replace(/html$/, 'json'), 'utf8'))).toMatchObject({
    simulated: true,
    comparisons: [{ name: 'intents' }, { name: `simulator/${tuned}` }],
  });
  const [, name = ''] = /^evaluation: (\S+)/.exec(stdout) ?? [];
  const again = await type(['report', name, '--format', 'md'], inPipeline);
  expect(await readFile(again.stdout.trim(), 'utf8')).toBe(markdown);
  expect((await type(['report', name, '--examples', 'all.jsonl'], inPipeline)).code).toBe(1);
  expect((await type(['show', name], inPipeline)).stderr).toContain(`${name} is an evaluation without a run.`);
  // The version and its model are one, and were asked once or twice, side by side.
  expect(requests()).toBeGreaterThanOrEqual(before + 128);
  const asked = requests();

  const repeated = await evaluate(...line, '--json');
  const { result } = JSON.parse(repeated.stdout.trim().split('\n').at(-1) ?? '');
  expect(requests()).toBe(asked);
  expect(result.cost.usd).toBe(0);
  expect(result.comparisons.map(({ name }: { name: string }) => name)).toEqual(['intents', `simulator/${tuned}`]);
});

test('the first is asked with examples in its prompt as well, by the grader of a run', async () => {
  const grader = {
    type: 'string_check',
    input: '{{sample.output_text}}',
    reference: '{{item.reference}}',
    operation: 'ilike',
    name: 'like',
  };
  await writeFile(join(parts.folder, 'run.yaml'), JSON.stringify({ ...parts.config(), evaluation: { grader } }));
  const shown = [
    '--prompted',
    '4',
    '--train',
    'data.jsonl',
    '--config',
    'run.yaml',
    '--set',
    'evaluation.maxExamples=10',
  ];
  const { code, stdout } = await evaluate(
    'simulator/stand-in-mini',
    '--data',
    'asked.jsonl',
    '--budget',
    '1',
    ...shown,
  );
  expect(code).toBe(0);
  expect(stdout).toContain('10 examples, 2 models');
  expect(stdout).toMatch(/\n {2}simulator\/stand-in-mini, prompted: \+?-?\d/);
});

test('by batch they are asked for half the price', async () => {
  const line = ['simulator/stand-in-mini', '--data', 'asked.jsonl', '--budget', '1', '--json'];
  const asked = ['evaluation.batch=true', 'evaluation.reuseAnswers=false', 'pollSeconds=0.1'];
  const { stdout } = await evaluate(...line, ...asked.flatMap((field) => ['--set', field]));
  const { result } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const [{ evaluation }] = result.models;
  const { examples, inputTokens, outputTokens } = evaluation;
  expect(evaluation.batched).toEqual({ examples, inputTokens, outputTokens });
  expect(result.cost.usd).toBeCloseTo((inputTokens * 0.8 + outputTokens * 3.2) / 2e6, 12);
  expect(parts.simulator.ledger().totals.batches).toBe(1);
});

test('by batch nothing is asked where there are none', async () => {
  const line = ['unbatched/stand-in-mini', '--data', 'asked.jsonl', '--budget', '1', '--set', 'evaluation.batch=true'];
  const { code, stderr } = await evaluate(...line);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('cannot be asked by batch') });
});

test.each([
  ['a budget that is too small', ['--data', 'asked.jsonl', '--budget', '0.000001'], 'The evaluation would cost about'],
  ['data that are wrong', ['--data', 'broken.jsonl', '--budget', '1'], 'broken.jsonl has 1 error'],
  ['data that are not there', ['--data', 'nowhere.jsonl', '--budget', '1'], 'nowhere.jsonl'],
  [
    'examples to show without a source of them',
    ['--data', 'asked.jsonl', '--budget', '1', '--prompted', '4'],
    'train:',
  ],
])('%s: nothing is asked', async (_, options, message) => {
  const before = requests();
  const { code, stderr } = await evaluate('simulator/stand-in-mini', ...options);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) });
  expect(requests()).toBe(before);
});

test.each([
  ['simulator/no-such-model', 'The catalogue knows no model'],
  ['no-such-connection/stand-in-mini', 'no-such-connection'],
  ['no-such-name', 'no-such-name'],
  ['intents@7', 'intents'],
])('%s is named as what is not there', async (model, message) => {
  const { code, stderr } = await evaluate(model, '--data', 'asked.jsonl', '--budget', '1');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) });
});

test('without a budget nothing is begun', async () => {
  expect(await evaluate('simulator/stand-in-mini', '--data', 'asked.jsonl')).toMatchObject({ code: 2 });
});

test('an example that stands twice counts once', async () => {
  const once = await readFile(join(parts.folder, 'asked.jsonl'), 'utf8');
  await writeFile(join(parts.folder, 'twice.jsonl'), once.repeat(2));
  const { code, stdout } = await evaluate('intents', '--data', 'twice.jsonl', '--budget', '1');
  expect(code).toBe(0);
  expect(stdout).toContain('64 examples, 1 model\n');
  expect(stdout).toMatch(/\nintents +64\/64 /);
  expect(stdout).toContain('\n64 more examples repeat one of them, and count nowhere\n');
});

test('a model that was trained on the examples is named: it looks better on them than it is', async () => {
  const line = ['simulator/stand-in-mini', 'intents', '--data', 'data.jsonl', '--budget', '1'];
  const { stdout } = await evaluate(...line);
  expect(stdout).toMatch(/^warning: intents was trained on 45 of the 64 examples: .* \[learnt_examples\]$/m);
  expect(stdout).not.toMatch(/^warning: simulator/m);
  const [, page = ''] = /\nreport: {2}(.+)\.html /.exec(stdout) ?? [];
  expect(await readFile(`${page}.md`, 'utf8')).toContain('intents was trained on 45 of the 64 examples');
});
