import { resolve } from 'node:path';
import { account, comparison, result, succeeded, training } from './samples.ts';
import { shows, type } from './world.ts';

const directory = '/work/here';

describe('list', () => {
  test('passes the filter on and prints a table, or JSON', async () => {
    const runs = [training(), succeeded()];
    const { stdout, calls } = await type(['list', '--status', 'failed', '--model', 'm', '--limit', '5'], { runs });
    expect(calls).toContainEqual(['list', { status: 'failed', model: 'm', limit: 5 }]);
    expect(stdout.split('\n')[0]).toBe('name          status     stage   base model  score      cost  started');
    expect(JSON.parse((await type(['list', '--json'], { runs })).stdout)).toEqual(runs);
  });

  test('says so when there is none', async () => {
    expect((await type(['list'])).stdout).toBe('No runs. `tunewright run FILE` starts one.\n');
    expect((await type(['list', '--json'])).stdout).toBe('[]\n');
  });
});

describe('show', () => {
  test('a run that succeeded is shown with its evaluation', async () => {
    const handle = { progress: async () => succeeded() };
    const { stdout } = await type(['show', 'support-k7fm'], { handle });
    expect(stdout).toContain('job page  https://platform.example/jobs/ftjob-1\n');
    expect(stdout).toContain('Web UI    http://ui/support-k7fm\n');
    expect(stdout).toContain('\nThe tuned model answers 85.0% of 20 held-out questions right');
    const json = JSON.parse((await type(['show', 'support-k7fm', '--json'], { handle })).stdout);
    expect(json).toEqual({ progress: succeeded(), url: 'http://ui/support-k7fm', result });
    expect(json.result.comparison).toEqual(comparison);
  });

  test('one that goes on without', async () => {
    expect(JSON.parse((await type(['show', 'a', '--json'])).stdout)).toEqual({
      progress: training(),
      url: 'http://ui/support-k7fm',
    });
  });
});

describe('cancel', () => {
  test('asks for it and returns', async () => {
    const { stdout, calls } = await type(['cancel', 'a', '--reason', 'too dear']);
    expect(calls).toContainEqual(['cancel', 'too dear']);
    expect(stdout).toBe('a is being cancelled. `tunewright show a` tells when it is done.\n');
  });

  test('with --wait it tells the end and what was spent', async () => {
    const cancelled = training({ status: 'cancelled' });
    const waited = await type(['cancel', 'a', '--reason', 'r', '--wait'], {
      handle: { watch: shows(training(), cancelled) },
    });
    expect(waited).toMatchObject({
      code: 0,
      stdout:
        'a ended as cancelled. Cost: estimated $0.4321, list prices of 2026-10-15, simulated: nobody was billed.\n',
    });
  });

  test('a run that was quicker was not cancelled', async () => {
    const typed = await type(['cancel', 'a', '--reason', 'r', '--wait', '--json'], {
      handle: { watch: shows(succeeded()) },
    });
    expect(typed.code).toBe(1);
    expect(JSON.parse(typed.stdout)).toEqual({ name: 'a', status: 'succeeded', cost: result.cost });
  });
});

test('decide answers a parked run, and show lists what it asks', async () => {
  expect((await type(['decide', 'a', 'ftjob-2'])).stdout).toBe('It goes on with ftjob-2.\n');
  const choices = [{ name: 'ftjob-2', does: 'Goes on with ftjob-2 and stops the others.' }];
  const question = { code: 'contradiction' as const, message: 'There are two jobs.', choices };
  const parked = { progress: async () => training({ status: 'parked', question }) };
  const { stdout } = await type(['show', 'support-k7fm'], { handle: parked });
  expect(stdout).toContain('\n  asks: There are two jobs.\n  tunewright decide support-k7fm ftjob-2\n');
  expect(stdout).toContain(
    `
asks      There are two jobs. [contradiction]
          tunewright decide support-k7fm ftjob-2         Goes on with ftjob-2 and stops the others.
          tunewright cancel support-k7fm --reason "..."  Ends the run.
`,
  );
});

test('accounts shows slots, queue and money', async () => {
  expect((await type(['accounts'])).stdout).toBe(
    `openai  1 of 1 job slots taken, 1 waiting
           run           base model  priority  since
job        support-k7fm  gpt-small             2026-11-22T11:00:00.000Z
waits, 1.  support-next  gpt-small          2  2026-11-22T11:30:00.000Z
month     spent  promised   budget
2026-11  $12.50     $3.00  $100.00
`,
  );
  expect(JSON.parse((await type(['accounts', '--json'])).stdout)).toEqual([account]);
});

test('pause and resume print what now happens', async () => {
  expect((await type(['pause', 'a'])).stdout).toBe('It pauses before the next stage.\n');
  expect(JSON.parse((await type(['resume', 'a', '--json'])).stdout)).toEqual({ name: 'a', message: 'It goes on.' });
});

describe('retrain', () => {
  test('sends what was named and nothing else', async () => {
    const { stdout, calls } = await type(['retrain', 'a']);
    expect(calls).toContainEqual(['retrain', { changes: {}, currentJob: 'stop' }]);
    expect(stdout).toBe('support-next\nWeb UI:  http://ui/support-k7fm\n`tunewright watch support-next` shows it.\n');
  });

  test('data paths start where the command was typed', async () => {
    const argv = [
      'retrain',
      'a',
      '--train',
      'new.jsonl',
      '--test',
      '/t.jsonl',
      '--epochs',
      'auto',
      '--batch-size',
      '4',
    ];
    const more = ['--learning-rate-multiplier', '0.5', '--seed', '0', '--model', 'm', '--keep-job'];
    const { calls } = await type([...argv, ...more], { directory });
    expect(calls).toContainEqual([
      'retrain',
      {
        changes: {
          data: { train: resolve(directory, 'new.jsonl'), test: '/t.jsonl' },
          hyperparameters: { epochs: 'auto', batchSize: 4, learningRateMultiplier: 0.5 },
          seed: 0,
          model: 'm',
        },
        currentJob: 'keep',
      },
    ]);
  });
});

test.each([
  ['pause', 'The schedule weekly is paused.\n'],
  ['resume', 'The schedule weekly goes on.\n'],
  ['trigger', 'The schedule weekly starts a run now.\n'],
  ['delete', 'The schedule weekly is deleted.\n'],
])('schedules %s', async (verb, told) => {
  const { stdout, calls } = await type(['schedules', verb, 'weekly']);
  expect(calls).toContainEqual([`schedule ${verb}`, 'weekly']);
  expect(stdout).toBe(told);
});

test('a schedule checks the catalogue', async () => {
  const { calls } = await type(['schedules', 'check-catalogue', 'prices', '--cron', '0 6 * * *']);
  expect(calls).toContainEqual(['schedule catalogue check', { name: 'prices', cron: '0 6 * * *' }]);
});
