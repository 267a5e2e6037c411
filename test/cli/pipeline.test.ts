import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '../../src/client.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';
import { type } from './world.ts';

let parts: Pipeline;
beforeAll(async () => {
  parts = await pipeline();
});
afterAll(() => parts.close());

test('a run from its file to its report', async () => {
  const { settings, folder: directory } = parts;
  const inPipeline = {
    directory,
    loadSettings: async () => settings,
    createClient: async () => await createClient({ ...settings.temporal, taskQueue: settings.taskQueue }),
  };
  const name = unique('from-file');
  await writeFile(join(directory, 'run.yaml'), JSON.stringify(parts.config()));

  const run = await type(['run', 'run.yaml', '--name', name, '--set', 'hyperparameters.epochs=2'], inPipeline);
  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/^warning: .+ \[common_answer_ending\]\n$/);
  const report = join(directory, 'reports', `${name}.html`);
  expect(run.stdout).toContain(`\nreport:  ${report} (as .md and .json too)\n`);
  expect(await readFile(report, 'utf8')).toContain(`>${name}</h1>`);

  const show = await type(['show', name, '--json'], inPipeline);
  const { progress, result } = JSON.parse(show.stdout);
  expect(progress).toMatchObject({ name, status: 'succeeded', stage: 'report' });
  expect(result.comparison.tuned.examples).toBe(progress.data.test.examples);

  const schedule = unique('weekly');
  const created = await type(
    ['schedules', 'create', schedule, '--cron', '0 3 * * 1', '--file', 'run.yaml'],
    inPipeline,
  );
  expect(created).toMatchObject({ code: 0, stderr: '' });
  const deleted = await type(['schedules', 'delete', schedule], inPipeline);
  expect(deleted).toMatchObject({ code: 0, stderr: '' });
  const again = await type(['schedules', 'delete', schedule, '--json'], inPipeline);
  expect(JSON.parse(again.stdout).error.code).toBe('run_not_found');
});
