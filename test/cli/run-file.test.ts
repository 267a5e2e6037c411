import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRunFile } from '../../src/cli/run-file.ts';
import { settings, type } from './world.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-cli-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function written(text: string, name = 'run.yaml'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const yaml = 'model: m # a comment\ndata:\n  train: data.jsonl\n  test: /abs/test.jsonl\nbudgetUsd: 5\n';

test('data paths start at the folder of the file, overridden ones where the command was typed', async () => {
  const path = await written(yaml);
  const set = (key: string, value: string) => ({ path: key.split('.'), value });
  expect((await readRunFile(path, [], '/elsewhere')).data).toEqual({
    train: join(folder, 'data.jsonl'),
    test: '/abs/test.jsonl',
  });
  const overrides = [set('data.validation', 'v.jsonl'), set('hyperparameters.epochs', '3'), set('suffix', '"12"')];
  const config = await readRunFile(path, overrides, '/elsewhere');
  expect(config.data.validation).toBe('/elsewhere/v.jsonl');
  expect(config.hyperparameters).toEqual({ epochs: 3, batchSize: 'auto', learningRateMultiplier: 'auto' });
  expect(config.suffix).toBe('12');
});

test('JSON is read as well', async () => {
  const path = await written(JSON.stringify({ model: 'm', data: { train: 'a' }, budgetUsd: 1 }), 'run.json');
  expect(await readRunFile(path, [], '/')).toMatchObject({ model: 'm', data: { train: join(folder, 'a') } });
});

test.each([
  ['model: [', 'invalid_config', 'is neither YAML nor JSON: '],
  ['- model', 'invalid_config', 'holds no mapping of settings.'],
  ['', 'invalid_config', 'holds no mapping of settings.'],
  ['model: m\ndata: {train: a}', 'invalid_config', 'budgetUsd: '],
  [`${yaml}epochs: 3`, 'invalid_config', 'epochs'],
])('%j is refused as %s', async (text, code, message) => {
  const path = await written(text);
  await expect(readRunFile(path, [], '/')).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('an override of no setting is refused, whatever it is called', async () => {
  const path = await written(yaml);
  for (const key of ['__proto__.x', 'constructor', 'data.toString.x']) {
    const override = { path: key.split('.'), value: '1' };
    await expect(readRunFile(path, [override], '/')).rejects.toMatchObject({ code: 'invalid_config' });
  }
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

test('a file that is not there, or is a folder', async () => {
  await expect(readRunFile('none.yaml', [], folder)).rejects.toMatchObject({
    code: 'source_missing',
    message: `There is no file ${join(folder, 'none.yaml')}.`,
  });
  await expect(readRunFile('.', [], folder)).rejects.toMatchObject({ code: 'source_unreadable' });
});

test('the example of the repository is a run', async () => {
  const path = fileURLToPath(new URL('../../examples/support-intents/run.yaml', import.meta.url));
  expect(await readRunFile(path, [], '/')).toMatchObject({
    name: 'support-intents',
    connection: 'simulator',
    data: { train: fileURLToPath(new URL('../../examples/support-intents/data.jsonl', import.meta.url)) },
  });
});

test('a schedule of a connection that is not here is told of when it is created', async () => {
  await written(yaml);
  const argv = ['schedules', 'create', 'weekly', '--cron', '0 3 * * 1', '--file', 'run.yaml'];
  const { code, stderr } = await type(argv, { directory: folder });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^There is no connection "openai" here: .* each run of the schedule will fail\.\n$/),
  });
  const { stderr: nothing } = await type(argv, {
    directory: folder,
    loadSettings: async () => settings({ connections: { openai: { platform: 'openai' } } }),
  });
  expect(nothing).toBe('');
});

test('a schedule keeps the run with absolute paths', async () => {
  await written(yaml);
  const argv = ['schedules', 'create', 'weekly', '--cron', '0 3 * * 1', '--file', 'run.yaml'];
  const { calls } = await type(argv, { directory: folder });
  expect(calls).toContainEqual([
    'schedule create',
    expect.objectContaining({
      name: 'weekly',
      cron: '0 3 * * 1',
      config: expect.objectContaining({ data: { train: join(folder, 'data.jsonl'), test: '/abs/test.jsonl' } }),
    }),
  ]);
});
