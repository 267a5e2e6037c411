/** One pass over a data set in a process of its own: `data-pass.ts KIND FILE PASSES`. Prints a line of JSON for each. */
import { open } from 'node:fs/promises';
import { argv } from 'node:process';
import { byteCounter } from '../../src/datasets/bpe/counter.ts';
import { readExamples } from '../../src/datasets/examples.ts';
import { formats } from '../../src/datasets/formats.ts';
import { inspectDataset } from '../../src/datasets/index.ts';
import { readLines } from '../../src/datasets/source.ts';
import { say } from './output.ts';

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
  let problems = 0;
  for await (const list of readExamples(readLines(path), formats.supervised)) {
    for (const example of list) problems += example.problems.length;
  }
  return problems;
}

const kinds: Readonly<Record<string, (path: string) => Promise<number>>> = {
  parse,
  check,
  inspect: async (path) => (await inspectDataset(path)).tokens,
  letter: async () => byteCounter('o200k_base')('a'.repeat(1_000_000)),
};

const [, , kind = '', path = '', passes = '1'] = argv;
for (let pass = 0; pass < Number(passes); pass++) {
  const began = performance.now();
  const answer = await kinds[kind]?.(path);
  say(JSON.stringify({ ms: performance.now() - began, answer, peakBytes: process.resourceUsage().maxRSS * 1024 }));
}
