import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeChatFile } from './support/chat-file.ts';
import { type Figure, median, seconds } from './support/figure.ts';
import { say } from './support/output.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const megabyte = 1_000_000;
const memoryLimit = 512 * 1024 * 1024;
const rounds = 3;
/** Of which a file is so large that what grows with it would show. */
const largeBytes = 2000 * megabyte;

interface Pass {
  ms: number;
  /** Of all its threads together: what of the time is the processor's, and not that of others on a busy machine. */
  busyMs: number;
  answer: number;
  peakBytes: number;
}

const measured = ['parse', 'check', 'cold', 'warm', 'coldInTwo', 'warmInTwo', 'python', 'pythonCold'] as const;
type Passes = Record<(typeof measured)[number], { ms: number; busyMs: number }[]>;

async function passes(kind: string, path: string, count: number, threads = 1): Promise<Pass[]> {
  const script = at('support/data-pass.ts');
  const command = ['--disable-warning=ExperimentalWarning', script, kind, path, String(count), String(threads)];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Pass);
}

interface Cookbook {
  tokens: number;
  ms: number;
  busyMs: number;
  /** With the loading of `tiktoken` and its encoding, as a process begins. */
  coldMs: number;
  coldBusyMs: number;
}

/** The cookbook's loop; undefined where there is no Python, or none with `tiktoken`. */
async function cookbook(path: string): Promise<Cookbook | undefined> {
  const ranks = createRequire(import.meta.url).resolve('tiktoken/encoders/o200k_base.json');
  const python = process.env.TUNEWRIGHT_PYTHON ?? 'python3';
  const run = promisify(execFile)(python, [at('cookbook.py'), path, ranks]);
  return await run.then(
    ({ stdout }) => JSON.parse(stdout) as Cookbook,
    () => undefined,
  );
}

/**
 * A whole pass over a chat data set in one thread and in two, against reading and parsing it and against the cookbook's
 * loop in Python, cold against cold and warm against warm. In turns, each in a process of its own. `TUNEWRIGHT_BENCH_DATA_MB` sets the size, 200 by default.
 */
export async function data(): Promise<Figure[]> {
  const size = Number(process.env.TUNEWRIGHT_BENCH_DATA_MB ?? 200) * megabyte;
  return await withChatFile(size, async (path) => {
    const times = Object.fromEntries(measured.map((what) => [what, []])) as unknown as Passes;
    for (let round = 0; round < rounds; round++) {
      const [, parsed] = await passes('parse', path, 2);
      const [, checked] = await passes('check', path, 2);
      const [cold, warm] = await passes('inspect', path, 2);
      const [coldInTwo, warmInTwo] = await passes('inspect', path, 2, 2);
      const theirs = await cookbook(path);
      const pythonCold = theirs && { ms: theirs.coldMs, busyMs: theirs.coldBusyMs };
      const passed = { parse: parsed, check: checked, cold, warm, coldInTwo, warmInTwo, python: theirs, pythonCold };
      for (const what of measured) {
        const pass = passed[what];
        if (pass) times[what].push(pass);
      }
      if (cold?.answer !== coldInTwo?.answer) throw new Error('Two threads count differently from one.');
      if (theirs && theirs.tokens !== cold?.answer) {
        throw new Error(`The two count differently: ${theirs.tokens} tokens in Python, ${cold?.answer} here.`);
      }
    }
    const [letter] = await passes('letter', path, 1);
    if (times.python.length === 0) say('No Python with tiktoken: the cookbook is left out (pip install tiktoken).');
    return figures(size, times, letter?.ms ?? Number.NaN);
  });
}

/** What a pass over 2 GB takes of memory, its threads included. */
export async function dataMemory(): Promise<Figure[]> {
  return await withChatFile(largeBytes, async (path) => {
    const found: Figure[] = [];
    for (const threads of [1, 2]) {
      const [pass] = await passes('inspect', path, 1, threads);
      const peak = pass?.peakBytes ?? Number.NaN;
      found.push({
        what: `peak memory of a pass over ${largeBytes / megabyte} MB, threads: ${threads}`,
        measured: `${(peak / 1024 / 1024).toFixed(0)} MiB`,
        reach: { bound: '<= 512 MiB', kept: peak <= memoryLimit },
      });
    }
    return found;
  });
}

async function withChatFile<T>(size: number, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-bench-'));
  try {
    const path = join(folder, 'chat.jsonl');
    await writeChatFile(path, size);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figures(size: number, times: Passes, letterMs: number): Figure[] {
  const rate = (list: Passes['parse']) => size / 1000 / median(list.map(({ ms }) => ms));
  const shown = (list: Passes['parse']) =>
    `${rate(list).toFixed(1)} MB/s, ${seconds(median(list.map(({ busyMs }) => busyMs)))} of processor`;
  const share = rate(times.check) / rate(times.parse);
  const whole = (where: string, own: keyof Passes, least: number, theirs: 'python' | 'pythonCold'): Figure => {
    const figure = { what: `checks and exact token counts, ${where}`, measured: shown(times[own]) };
    if (times.python.length === 0) return figure;
    const ratio = rate(times[own]) / rate(times[theirs]);
    return {
      ...figure,
      reach: { bound: `>= ${least} x the cookbook: ${ratio.toFixed(1)} x`, kept: ratio >= least },
      baseline: `the cookbook in Python ${shown(times[theirs])}`,
    };
  };
  return [
    {
      what: 'checks without counting',
      measured: shown(times.check),
      reach: { bound: `>= 60% of reading and parsing: ${(100 * share).toFixed(0)}%`, kept: share >= 0.6 },
      baseline: `read and JSON.parse ${shown(times.parse)}`,
    },
    whole('one thread, cold process', 'cold', 5, 'pythonCold'),
    whole('one thread, warm', 'warm', 5, 'python'),
    whole('two threads, cold process', 'coldInTwo', 10, 'pythonCold'),
    whole('two threads, warm', 'warmInTwo', 10, 'python'),
    {
      what: 'a million letters without a space counted, cold',
      measured: seconds(letterMs),
      reach: { bound: '< 0.5 s', kept: letterMs < 500 },
    },
  ];
}
