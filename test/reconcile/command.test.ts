import { reconciliationReport } from '../../src/cli/render/reconcile.ts';
import { plain } from '../../src/cli/render/text.ts';
import type { Reconciliation } from '../../src/reconcile/finding.ts';
import { type Typed, type } from '../cli/world.ts';
import { training, until } from '../support/watching.ts';
import { type Bench, bench } from './support.ts';

describe('the command', () => {
  let at: Bench;
  beforeEach(async () => {
    at = await bench();
  });
  afterEach(async () => await at.close());

  const typed = async (...argv: string[]): Promise<Typed> =>
    await type(['reconcile', ...argv], { loadSettings: async () => at.settings, now: () => new Date() });

  test('tells leftovers by its exit code until they are removed; an hour is young unless told otherwise', async () => {
    at.simulator.set({ trainingSeconds: 600 });
    const run = await at.client.start(at.config());
    await until(run, 'train', training);
    await at.terminate(run);

    const young = await typed();
    expect(young.stdout.trimEnd().split('\n').at(-1)).toBe('3 things at simulator: 3 young.');
    expect(young.code).toBe(0);

    const listed = await typed('--older-than', '0s', '--json');
    expect(listed.code).toBe(1);
    expect(JSON.parse(listed.stdout)).toMatchObject({
      connections: ['simulator'],
      findings: [{ verdict: 'leftover' }, { verdict: 'leftover' }, { verdict: 'leftover', run: run.name }],
      problems: [],
    });

    const removed = await typed('--older-than', '0s', '--apply', '--connection', 'simulator');
    expect(removed.stdout.trimEnd().split('\n').at(-1)).toBe('3 things at simulator: 3 leftover; 3 removed.');
    expect(removed.code).toBe(0);
    expect(await typed('--older-than', '0s')).toMatchObject({ code: 0, stdout: '0 things at simulator.\n' });
  });

  test('a platform that fails is a failure of the command', async () => {
    at.simulator.faults.add({ preset: 'server_error', method: 'GET', times: 1 });
    const { code, stdout } = await typed();
    expect(stdout).toContain('error: simulator: Listing files, jobs and models: ');
    expect(code).toBe(1);
  });

  test.each(['1', 'h', '1w', '-1h'])('a time like %s is wrong use', async (time) => {
    const { code, stderr } = await typed(`--older-than=${time}`);
    expect(stderr).toContain('It takes a time such as 90s, 30m, 1h or 2d.');
    expect(code).toBe(2);
  });
});

test('the report: leftovers last, what went wrong, what a person can do', () => {
  const key = 'tunewright-1-1';
  const common = { connection: 'openai', key, createdAt: '2026-11-20T10:00:00.000Z' };
  const found: Reconciliation = {
    connections: ['openai'],
    findings: [
      { ...common, kind: 'file', id: 'file-1', run: 'a', state: 'terminated', verdict: 'leftover', outcome: 'failed' },
      {
        ...common,
        kind: 'job',
        id: 'ftjob-1',
        run: 'a',
        state: 'terminated',
        verdict: 'leftover',
        outcome: 'removed',
        platformStatus: 'running',
      },
      {
        ...common,
        kind: 'file',
        id: 'file-2',
        state: 'unknown',
        verdict: 'foreign',
        createdAt: '2026-11-22T09:53:00.000Z',
      },
      { ...common, kind: 'model', id: 'ft:m', run: 'b', state: 'failed', verdict: 'kept', command: 'curl it' },
    ],
    problems: [{ connection: 'openai', id: 'file-1', code: 'forbidden', message: 'No.', advice: 'Ask.' }],
  };
  const report = reconciliationReport(found, { now: new Date('2026-11-22T12:00:00Z'), paint: plain });
  expect(report.split('\n')).toEqual([
    'connection  what           id       run  state              age  verdict',
    'openai      file           file-2        unknown     2 h 07 min  foreign',
    'openai      model          ft:m     b    failed             2 d  kept',
    'openai      file           file-1   a    terminated         2 d  leftover, failed',
    'openai      job (running)  ftjob-1  a    terminated         2 d  leftover, removed',
    'error: openai, file-1: No.',
    '  what to do: Ask.',
    'Models are deleted by hand alone; the commands for those that are kept:',
    '  curl it',
    '4 things at openai: 2 leftover, 1 kept, 1 foreign; 1 removed.',
  ]);
});

test('the report tells what a deployment costs', () => {
  const deployment = { kind: 'deployment', id: 'd', key: 'd', run: 'a', state: 'running', verdict: 'owned' } as const;
  const createdAt = '2026-11-22T10:30:00.000Z';
  const cost = { hourlyUsd: 2, soFarUsd: 3 };
  const found = {
    connections: ['aws'],
    findings: [{ ...deployment, connection: 'aws', createdAt, cost }],
    problems: [],
  };
  const report = reconciliationReport(found, { now: new Date('2026-11-22T12:00:00Z'), paint: plain });
  expect(report).toContain('deployment ($2.00 an hour, $3.00 so far)');
});
