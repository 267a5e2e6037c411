import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeChatFile } from './support/chat-file.ts';
import { type Figure, median } from './support/figure.ts';
import { say } from './support/output.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const megabyte = 1_000_000;
const memoryLimit = 512 * 1024 * 1024;
const rounds = 3;

interface Pass {
  ms: number;
  answer: number;
  peakBytes: number;
}

async function passes(kind: string, path: string, count: number): Promise<Pass[]> {
  const command = ['--disable-warning=ExperimentalWarning', at('support/data-pass.ts'), kind, path, String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Pass);
}

/** The cookbook's loop; undefined where there is no Python, or none with `tiktoken`. */
async function cookbook(path: string): Promise<{ ms: number; tokens: number } | undefined> {
  const ranks = createRequire(import.meta.url).resolve('tiktoken/encoders/o200k_base.json');
  const python = process.env.TUNEWRIGHT_PYTHON ?? 'python3';
  const run = promisify(execFile)(python, [at('cookbook.py'), path, ranks]);
  return await run.then(
    ({ stdout }) => JSON.parse(stdout) as { ms: number; tokens: number },
    () => undefined,
  );
}

/**
 * A whole pass over a chat data set, against reading and parsing it and against the cookbook's loop in Python. In turns,
 * each in a process of its own. `TUNEWRIGHT_BENCH_DATA_MB` sets the size, 200 by default.
 */
export async function data(): Promise<Figure[]> {
  const size = Number(process.env.TUNEWRIGHT_BENCH_DATA_MB ?? 200) * megabyte;
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-bench-'));
  const path = join(folder, 'chat.jsonl');
  try {
    await writeChatFile(path, size);
    const seen: Record<'parse' | 'check' | 'cold' | 'warm' | 'python', number[]> = {
      parse: [],
      check: [],
      cold: [],
      warm: [],
      python: [],
    };
    let peak = 0;
    for (let round = 0; round < rounds; round++) {
      const [, parsed] = await passes('parse', path, 2);
      const [, checked] = await passes('check', path, 2);
      const [cold, warm] = await passes('inspect', path, 2);
      const theirs = await cookbook(path);
      seen.parse.push(parsed?.ms ?? Number.NaN);
      seen.check.push(checked?.ms ?? Number.NaN);
      seen.cold.push(cold?.ms ?? Number.NaN);
      seen.warm.push(warm?.ms ?? Number.NaN);
      if (theirs) seen.python.push(theirs.ms);
      if (theirs && theirs.tokens !== cold?.answer) {
        throw new Error(`The two count differently: ${theirs.tokens} tokens in Python, ${cold?.answer} here.`);
      }
      peak = Math.max(peak, warm?.peakBytes ?? 0);
    }
    const [letter] = await passes('letter', path, 1);
    if (seen.python.length === 0) say('No Python with tiktoken: the cookbook is left out (pip install tiktoken).');
    return figures(size, seen, peak, letter?.ms ?? Number.NaN);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figures(size: number, seen: Record<string, number[]>, peak: number, letterMs: number): Figure[] {
  const rate = (times: readonly number[] | undefined) => size / 1000 / median(times ?? []);
  const shown = (perSecond: number) => `${perSecond.toFixed(0)} MB/s`;
  const { parse, check, cold, warm, python } = seen;
  const share = rate(check) / rate(parse);
  const known = python && python.length > 0 ? rate(python) : undefined;
  const against = (times: readonly number[] | undefined): Pick<Figure, 'reach' | 'baseline'> =>
    known === undefined
      ? {}
      : {
          reach: {
            bound: `>= 5 x the cookbook: ${(rate(times) / known).toFixed(1)} x`,
            kept: rate(times) >= 5 * known,
          },
          baseline: `the cookbook in Python ${known.toFixed(1)} MB/s`,
        };
  return [
    {
      what: 'checks without counting',
      measured: shown(rate(check)),
      reach: { bound: `>= 60% of reading and parsing: ${(100 * share).toFixed(0)}%`, kept: share >= 0.6 },
      baseline: `read and JSON.parse ${shown(rate(parse))}`,
    },
    { what: 'checks and exact token counts, cold process', measured: shown(rate(cold)), ...against(cold) },
    { what: 'checks and exact token counts, warm', measured: shown(rate(warm)), ...against(warm) },
    {
      what: 'a million letters without a space counted, cold',
      measured: `${(letterMs / 1000).toFixed(2)} s`,
      reach: { bound: '< 0.5 s', kept: letterMs < 500 },
    },
    {
      what: `peak memory, ${size / megabyte} MB of data`,
      measured: `${(peak / 1024 / 1024).toFixed(0)} MiB`,
      reach: { bound: '<= 512 MiB', kept: peak <= memoryLimit },
    },
  ];
}
