import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStore } from '../../src/artifacts/index.ts';
import { parseRunConfig } from '../../src/contract/config.ts';
import { TunewrightError } from '../../src/contract/errors.ts';
import type { RunReport } from '../../src/evaluation/report.ts';
import { comparison, result, succeeded, training } from './samples.ts';
import { settings, shows, type, waitsAfter } from './world.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tunewright-cli-'));
  await writeFile(join(directory, 'run.yaml'), 'model: m\ndata: {train: data.jsonl}\nbudgetUsd: 5\n');
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const stack = { temporalAddress: 't', uiUrl: 'http://ui', simulatorUrl: 'http://sim', pid: 1 };

/** An interrupt that comes as soon as the run was seen. */
function interrupted() {
  const interrupt = new AbortController();
  const handle = { watch: waitsAfter(training(), () => interrupt.abort('SIGINT')) };
  return { interrupts: () => interrupt.signal, handle };
}

test('--detach returns once the run has started', async () => {
  const typed = await type(['run', 'run.yaml', '--name', 'mine', '--detach'], { directory });
  expect(typed).toMatchObject({ code: 0, stdout: 'run:     support-k7fm\nWeb UI:  http://ui/support-k7fm\n\n' });
  const config = expect.objectContaining({ model: 'm', data: { train: join(directory, 'data.jsonl') } });
  expect(typed.calls).toContainEqual(['start', config, { name: 'mine' }]);
});

test('a run that is watched to its end: a line for each turn, then what it has come to', async () => {
  const handle = { watch: shows(training(), succeeded()) };
  const { code, stdout } = await type(['run', 'run.yaml'], { directory, handle });
  expect(code).toBe(0);
  expect(stdout.slice(stdout.indexOf('support-k7fm running'))).toBe(
    `support-k7fm running: train, running, 120 of 240 steps, loss 0.4321 training, 0.5120 validation, ${ends()}
support-k7fm succeeded: report

The tuned model answers 85.0% of 20 held-out questions right, the base model 40.0% (+45.0 points, 95% interval 25.0 to 65.0).

       passed  score  95% interval  model
base     8/20  40.0%  30.0 to 50.0  gpt-small
tuned   17/20  85.0%  75.0 to 95.0  ft:gpt-small:abc
against base: +45.0 points, 95% interval 25.0 to 65.0, p = 0.012 (10 fixed, 1 broken)

gate:    promote, all 4 rules hold
model:   ft:gpt-small:abc
cost:    estimated $0.4321, training $0.4000, evaluation $0.0200, list prices of 2026-10-15, simulated: nobody was billed
report:  file:///elsewhere/report
Web UI:  http://ui/support-k7fm
`,
  );
});

/** The end that the platform expects, in the time of this machine. */
function ends(): string {
  const time = new Date('2026-11-22T12:02:10Z').toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return `ends about ${time}, 1 min 00 s left`;
}

test('with --json every line is JSON', async () => {
  const handle = { watch: shows(training(), succeeded()) };
  const { stdout } = await type(['run', 'run.yaml', '--json'], { directory, handle });
  expect(jsonLines(stdout)).toEqual([
    { event: 'started', name: 'support-k7fm', url: 'http://ui/support-k7fm' },
    { event: 'progress', progress: training() },
    { event: 'progress', progress: succeeded() },
    { event: 'ended', url: 'http://ui/support-k7fm', result },
  ]);
});

describe('the report', () => {
  async function stored() {
    const here = settings({ home: directory, artifacts: join(directory, 'artifacts') });
    const report = await folderStore(here.artifacts).put(JSON.stringify(runReport()));
    const handle = {
      watch: shows(succeeded()),
      progress: async () => succeeded({ report }),
      result: async () => ({ ...result, name: '../up', report }),
    };
    return { handle, directory, loadSettings: async () => here };
  }
  const reports = () => join(directory, 'reports', '..%2Fup');

  test.each([['watch'], ['show']])(
    '%s saves it in all forms where the artifact store has it, under a name that stays in its folder',
    async (command) => {
      const { stdout } = await type([command, '../up'], await stored());
      expect(stdout).toMatch(/\nreport:? +/);
      expect(stdout).toContain(` ${reports()}.html (as .md and .json too)\n`);
      expect(await readFile(`${reports()}.html`, 'utf8')).toContain('<h1 dir="auto">support-k7fm</h1>');
      expect(await readFile(`${reports()}.md`, 'utf8')).toMatch(/^# Run support-k7fm\n/);
      expect(JSON.parse(await readFile(`${reports()}.json`, 'utf8'))).toEqual(runReport());
    },
  );

  test('report writes it again and tells the form that is wanted; --open shows it', async () => {
    const html = await type(['report', '../up', '--open'], await stored());
    expect(html).toMatchObject({ code: 0, stdout: `${reports()}.html\n` });
    expect(html.calls).toContainEqual(['open', `${reports()}.html`]);
    const json = await type(['report', '../up', '--format', 'json', '--json'], await stored());
    expect(jsonLines(json.stdout)).toEqual([{ name: '../up', format: 'json', path: `${reports()}.json` }]);
    expect(json.calls.map((call) => (call as unknown[])[0])).not.toContain('open');
  });

  test('report --out writes the one form there and nothing else', async () => {
    const { stdout } = await type(['report', 'a', '--format', 'md', '--out', 'it.md'], await stored());
    expect(stdout).toBe(`${join(directory, 'it.md')}\n`);
    expect(await readFile(join(directory, 'it.md'), 'utf8')).toMatch(/^# Run support-k7fm\n/);
    expect(existsSync(join(directory, 'reports'))).toBe(false);
  });

  test.each([
    ['running' as const, 'a has no report: it is running, in the stage train.', 'tunewright watch a'],
    ['failed' as const, 'a has no report: it failed in the stage train.', 'tunewright show a'],
    ['cancelled' as const, 'a has no report: it was cancelled in the stage train.', 'tunewright show a'],
  ])('of a run that is %s there is none', async (status, message, next) => {
    const { code, stderr } = await type(['report', 'a'], { handle: { progress: async () => training({ status }) } });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(next);
  });

  test('where it cannot be written a run that succeeded is told all the same, and why', async () => {
    const world = await stored();
    await writeFile(join(directory, 'reports'), 'no folder');
    const watched = await type(['watch', 'a'], world);
    expect(watched.code).toBe(0);
    expect(watched.stdout).toMatch(/\nreport: {2}file:/);
    expect(watched.stderr).toMatch(/^The report cannot be written: .*`tunewright report NAME --out FILE` writes it/);
    const asked = await type(['report', 'a', '--json'], world);
    expect(asked.code).toBe(1);
    expect(jsonLines(asked.stdout)[0].error.code).toBe('source_unreadable');
    expect((await type(['report', 'a', '--out', 'new/it.html'], world)).code).toBe(0);
  });

  test('one that this machine does not have is named as missing', async () => {
    const handle = { progress: async () => succeeded({ report: result.report }) };
    const { code, stdout } = await type(['report', 'a', '--json'], { handle });
    expect(code).toBe(1);
    expect(jsonLines(stdout)[0].error.code).toBe('artifact_missing');
  });
});

function runReport(): RunReport {
  const { train, test } = { train: result.report, test: result.report };
  const { startedAt, timings, data, connection, baseModel, cost } = succeeded();
  return {
    run: { name: 'support-k7fm', runId: 'run-1', attempt: 1 },
    startedAt,
    endedAt: '2026-11-22T12:02:05Z',
    connection,
    platform: 'openai',
    simulated: true,
    baseModel,
    model: result.model,
    job: result.job,
    config: parseRunConfig({ model: 'm', data: { train: 'a' }, budgetUsd: 1 }),
    data: data ?? neverAsked(),
    sources: { train, test },
    cost,
    comparison,
    rivals: [],
    verdict: result.verdict,
    slices: [],
    confusions: [],
    regressions: [],
    training: { curve: [] },
    timings,
  };
}

function neverAsked(): never {
  throw new Error('the sample has data');
}

test('a run that failed: its reason and advice, exit code 1', async () => {
  const reason = { code: 'job_failed' as const, message: 'The file is bad.', advice: 'Mend it.' };
  const handle = { watch: shows(training({ status: 'failed', reason })) };
  expect(await type(['watch', 'a'], { handle })).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/Web UI: http:\/\/ui\/support-k7fm\n$/),
    stderr: 'error: The run support-k7fm failed: The file is bad.\n  what to do: Mend it.\n',
  });
  const { stdout } = await type(['watch', 'a', '--json'], { handle });
  expect(jsonLines(stdout).at(-1)).toEqual({
    error: { code: 'job_failed', message: 'The run support-k7fm failed: The file is bad.', advice: 'Mend it.' },
  });
});

test('one that ended without ever being seen is told by Temporal', async () => {
  const handle = {
    async result() {
      throw new TunewrightError('run_cancelled', 'Terminated.', { advice: 'Start it again.' });
    },
  };
  expect(await type(['watch', 'a'], { handle })).toMatchObject({
    code: 1,
    stderr: 'error: Terminated.\n  what to do: Start it again.\n',
  });
});

describe('SIGINT', () => {
  test('ends the watching, tells how to go on, and leaves the run alone', async () => {
    const { code, stderr, calls } = await type(['run', 'run.yaml'], { directory, ...interrupted() });
    expect(code).toBe(130);
    expect(stderr).toBe(
      `Stopped watching; the run goes on.
  tunewright watch support-k7fm
  tunewright cancel support-k7fm --reason "..."
`,
    );
    expect(calls.map((call) => (call as unknown[])[0])).toEqual(['start', 'close']);
  });

  test('with --json nothing but JSON is on stdout', async () => {
    const { code, stdout } = await type(['watch', 'support-k7fm', '--json'], interrupted());
    expect(code).toBe(130);
    expect(jsonLines(stdout)).toEqual([{ event: 'progress', progress: training() }]);
  });

  test('with --embedded it ends the stack as well, and says that the run is kept', async () => {
    const order: string[] = [];
    const { code, stderr } = await type(['run', 'run.yaml', '--embedded'], {
      directory,
      ...interrupted(),
      startStack: async () => ({ stack, stop: async () => void order.push('stopped') }),
    });
    expect(code).toBe(130);
    expect(order).toEqual(['stopped']);
    expect(stderr).toContain('Stopped, and with it the embedded stack. The run is kept:\n  tunewright up ');
  });

  test('while the stack starts: no run is started', async () => {
    const interrupt = new AbortController();
    const { code, calls } = await type(['run', 'run.yaml', '--embedded'], {
      directory,
      interrupts: () => interrupt.signal,
      async startStack() {
        interrupt.abort('SIGINT');
        return { stack, stop: async () => undefined };
      },
    });
    expect(code).toBe(130);
    expect(calls).toEqual([]);
  });
});

describe('--embedded', () => {
  test('starts the stack first, works with its settings, and stops it last', async () => {
    const order: string[] = [];
    const handle = { watch: shows(succeeded()) };
    const { code, stdout } = await type(['run', 'run.yaml', '--embedded'], {
      directory,
      handle,
      loadSettings: async () => {
        order.push('settings');
        return settings({ home: directory });
      },
      startStack: async ({ home }) => {
        order.push(`stack in ${home}`);
        return { stack, stop: async () => void order.push('stopped') };
      },
    });
    expect(code).toBe(0);
    expect(order).toEqual(['settings', `stack in ${directory}`, 'settings', 'stopped']);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      'The embedded stack stops now; `tunewright up` brings its Web UI back, with the history of this run.',
    );
  });

  test('a configuration that is not valid starts nothing', async () => {
    const typed = await type(['run', 'run.yaml', '--embedded', '--set', 'budgetUsd=-1', '--json'], { directory });
    expect(typed.code).toBe(1);
    expect(JSON.parse(typed.stdout).error.code).toBe('invalid_config');
  });

  test('a stack that is up already is used and left as it is', async () => {
    const handle = { watch: shows(succeeded()) };
    const up = settings({ home: '/state', stack });
    const typed = await type(['run', 'run.yaml', '--embedded'], { directory, handle, loadSettings: async () => up });
    expect(typed).toMatchObject({ code: 0, stderr: 'The embedded stack of /state is up already and is used.\n' });
  });

  test('the stack is stopped when the run cannot be started', async () => {
    const order: string[] = [];
    const typed = await type(['run', 'run.yaml', '--embedded'], {
      directory,
      createClient: async () => {
        throw new TunewrightError('temporal_unreachable', 'Away.', { advice: 'Wait.' });
      },
      startStack: async () => ({ stack, stop: async () => void order.push('stopped') }),
    });
    expect(typed.code).toBe(1);
    expect(order).toEqual(['stopped']);
  });
});

test('up tells the addresses and what to type, and stops cleanly at the interrupt', async () => {
  const order: string[] = [];
  const interrupt = new AbortController();
  const { code, stdout, stderr } = await type(['up'], {
    loadSettings: async () => settings({ home: '/state' }),
    interrupts: () => interrupt.signal,
    async startStack({ home, uiPort, log }) {
      log('starting');
      order.push(`${home} ${uiPort}`);
      queueMicrotask(() => interrupt.abort('SIGTERM'));
      return { stack, stop: async () => void order.push('stopped') };
    },
  });
  expect({ code, stderr, order }).toEqual({ code: 0, stderr: 'starting\n', order: ['/state 8233', 'stopped'] });
  expect(stdout).toMatch(/^Temporal Web UI {5}http:\/\/ui\nTemporal {12}t\n/);
  expect(stdout).toContain('\n  tunewright run run.yaml\n');
  expect(stdout).toContain('`model: stand-in-mini`');
});
