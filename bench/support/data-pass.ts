/**
 * Passes over a data set in a process of its own: `data-pass.ts KIND FILE PASSES [THREADS]`. Prints a line of JSON for each.
 * What is measured is what was built.
 */
import { open } from 'node:fs/promises';
import { argv } from 'node:process';
import { say } from './output.ts';

const built = (path: string): string => new URL(`../../dist/datasets/${path}.js`, import.meta.url).href;
const [, , kind = '', path = '', passes = '1', threads = '1'] = argv;
const newline = 10;

/** What nobody can do without: reading in large pieces, cutting at line ends, `JSON.parse`. */
async function parse(path: string): Promise<number> {
  const file = await open(path);
  const chunk = Buffer.alloc(1024 * 1024);
  let rest: Buffer = Buffer.alloc(0);
  let messages = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length);
    if (bytesRead === 0) break;
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      messages += JSON.parse(bytes.toString('utf8', start, end)).messages.length;
      start = end + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
  }
  await file.close();
  return messages;
}

async function check(path: string): Promise<number> {
  const { readExamples } = (await import(
    built('examples/examples')
  )) as typeof import('../../src/datasets/examples/examples.ts');
  const { formats } = (await import(
    built('examples/formats')
  )) as typeof import('../../src/datasets/examples/formats.ts');
  const { readLines } = (await import(
    built('reading/source')
  )) as typeof import('../../src/datasets/reading/source.ts');
  let problems = 0;
  for await (const list of readExamples(readLines(path), formats.supervised)) {
    for (const example of list) problems += example.problems.length;
  }
  return problems;
}

async function inspect(path: string): Promise<number> {
  const { inspectDataset } = (await import(
    built('inspection/inspect')
  )) as typeof import('../../src/datasets/inspection/inspect.ts');
  return (await inspectDataset(path, { threads: Number(threads) })).tokens;
}

async function letter(): Promise<number> {
  const { byteCounter } = (await import(built('bpe/counter'))) as typeof import('../../src/datasets/bpe/counter.ts');
  return byteCounter('o200k_base').count('a'.repeat(1_000_000));
}

const kinds: Readonly<Record<string, (path: string) => Promise<number>>> = { parse, check, inspect, letter };

for (let pass = 0; pass < Number(passes); pass++) {
  const began = performance.now();
  const before = process.cpuUsage();
  const answer = await kinds[kind]?.(path);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  say(JSON.stringify({ ms, busyMs: (user + system) / 1000, answer, peakBytes }));
}
