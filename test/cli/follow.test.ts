import { follow } from '../../src/cli/follow.ts';
import { createOutput } from '../../src/cli/output.ts';
import { TunewrightError } from '../../src/contract/errors.ts';
import { type DataSummary, type RunProgress, stages } from '../../src/contract/run.ts';
import { now, succeeded, training } from './samples.ts';
import { fakeHandle, shows } from './world.ts';

/** A terminal that writes down what it is told, and a clock that a test moves. */
function circumstances(terminal: { columns?: number; rows?: number } = {}) {
  const written: Record<'stdout' | 'stderr', string[]> = { stdout: [], stderr: [] };
  const out = createOutput(
    {
      stdout: { isTTY: terminal.columns !== undefined, ...terminal, write: (text) => written.stdout.push(text) },
      stderr: { write: (text) => written.stderr.push(text) },
      env: { NO_COLOR: '1' },
    },
    false,
  );
  const clock = { ms: now.getTime() };
  return { context: { out, now: () => new Date(clock.ms) }, clock, ...written };
}

const never = new AbortController().signal;
const at = (step: number): RunProgress => training({ live: { metrics: { step, totalSteps: 9 } } });
const away = new TunewrightError('temporal_unreachable', 'Away.', { advice: 'Wait.' });

test('lines: each turn at once, steps of one stage every two seconds', async () => {
  const { context, clock, stdout } = circumstances();
  const handle = fakeHandle([], {
    async *watch() {
      yield at(1);
      clock.ms += 1_900;
      yield at(2);
      clock.ms += 100;
      yield at(3);
      yield { ...at(3), stage: 'warmup' };
      yield succeeded();
    },
  });
  expect((await follow(handle, context, never))?.status).toBe('succeeded');
  const said = stdout.map((line) => /(?<=k7fm ).*?(?= of| steps|,? ends|\n)/.exec(line)?.[0]);
  expect(said).toEqual(['running: train, 1', 'running: train, 3', 'running: warmup, 3', 'succeeded: report']);
});

test('on a terminal the block is drawn over the one before', async () => {
  const { context, stdout } = circumstances({ columns: 60, rows: 40 });
  await follow(fakeHandle([], { watch: shows(at(1), succeeded()) }), context, never);
  const [first, erase, second] = stdout;
  const lines = first?.trimEnd().split('\n').length;
  expect(lines).toBeGreaterThan(stages.length);
  expect(erase).toBe(`\x1b[${lines}A\x1b[J`);
  expect(second).toMatch(/^support-k7fm {2}succeeded/);
  expect(stdout).toHaveLength(3);
});

test('a terminal with few rows shows the end of the block', async () => {
  const { context, stdout } = circumstances({ columns: 60, rows: 4 });
  await follow(fakeHandle([], { watch: shows(succeeded(), succeeded()) }), context, never);
  expect(stdout[0]?.split('\n')).toHaveLength(4);
  expect(stdout[1]).toBe('\x1b[3A\x1b[J');
});

test('a server that is away for a while is waited for, and that is said once', async () => {
  const { context, stderr } = circumstances();
  let looks = 0;
  const handle = fakeHandle([], {
    async *watch() {
      if (looks++ < 2) throw away;
      yield succeeded();
    },
  });
  expect((await follow(handle, context, never, { retryMs: 1 }))?.status).toBe('succeeded');
  expect(stderr).toEqual(['Temporal does not answer; the run goes on as soon as it does. Waiting.\n']);
});

test('a warning of the data is told once, before the training is paid', async () => {
  const { context, stderr } = circumstances();
  const { data, ...rest } = at(1);
  const warned = { ...rest, data: { ...(data as DataSummary), warnings: ['data.test: All of it is trained on.'] } };
  await follow(fakeHandle([], { watch: shows(warned, warned, succeeded()) }), context, never);
  expect(stderr).toEqual(['warning: data.test: All of it is trained on.\n']);
});

test('in the end it is given up; other failures are told at once', async () => {
  const { context, clock } = circumstances();
  const failing = (error: Error) =>
    fakeHandle([], {
      async *watch() {
        clock.ms += 1_000;
        yield* [];
        throw error;
      },
    });
  await expect(follow(failing(away), context, never, { retryMs: 1, patienceMs: 3_000 })).rejects.toBe(away);
  const gone = new TunewrightError('run_not_found', 'Gone.', { advice: 'List.' });
  await expect(follow(failing(gone), context, never)).rejects.toBe(gone);
});

test('an interrupt ends the waiting for a server', async () => {
  const { context } = circumstances();
  const interrupt = new AbortController();
  const handle = fakeHandle([], {
    async *watch({ signal } = {}) {
      if (signal?.aborted) return;
      queueMicrotask(() => interrupt.abort('SIGINT'));
      yield* [];
      throw away;
    },
  });
  expect(await follow(handle, context, interrupt.signal, { retryMs: 60_000 })).toBeUndefined();
});

test('a run that nobody takes up is spoken of', async () => {
  const { context, stderr } = circumstances();
  const handle = fakeHandle([], {
    async *watch() {
      while (stderr.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      yield succeeded();
    },
  });
  await follow(handle, context, never, { idleMs: 1 });
  expect(stderr).toEqual(['No worker has taken the run up yet: `tunewright worker` starts one.\n']);
});
