import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, stderr, stdout } from 'node:process';

/** A question and its intent. */
interface Row {
  text: string;
  category: string;
}

/**
 * Turns the data set Banking77 (`train.csv` and `test.csv` with the columns `text,category`) into chat examples,
 * `train.jsonl` and `test.jsonl`. Answers the number of examples in each. Throws where a file is missing or no such CSV.
 *
 * @param told whether a system message tells the task and all intents; a model that knows no words learns nothing by it
 */
export function convertBanking77(source: string, out: string, told = true): { train: number; test: number } {
  const train = readRows(join(source, 'train.csv'));
  const test = readRows(join(source, 'test.csv'));
  const intents = [...new Set([...train, ...test].map(({ category }) => category))].sort();
  const system = `You sort questions that customers ask a bank. Answer with the one intent that fits, and nothing else. Intents: ${intents.join(', ')}`;
  mkdirSync(out, { recursive: true });
  const write = (name: string, rows: Row[]) =>
    writeFileSync(join(out, name), rows.map((row) => chatLine(told ? system : undefined, row)).join(''));
  write('train.jsonl', train);
  write('test.jsonl', test);
  return { train: train.length, test: test.length };
}

function chatLine(system: string | undefined, { text, category }: Row): string {
  const messages = [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: text },
    { role: 'assistant', content: category },
  ];
  return `${JSON.stringify({ messages })}\n`;
}

function readRows(path: string): Row[] {
  const [header, ...records] = parseCsv(readFileSync(path, 'utf8'));
  if (header?.join() !== 'text,category') throw new Error(`${path} does not begin with the line "text,category".`);
  return records.map(([text, category, ...more], i) => {
    if (!text || !category || more.length > 0) throw new Error(`${path}: record ${i + 1} has not two fields.`);
    return { text, category };
  });
}

/** The records of a CSV text; a field in quotes may hold commas, line ends and doubled quotes. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let fields: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    // Behind the last line end there is one more, empty match.
    if (fields.join('') !== '') records.push(fields);
    fields = [];
  }
  return records;
}

if (import.meta.main) {
  const [, , source, out] = argv;
  if (source && out) {
    const { train, test } = convertBanking77(source, out);
    stdout.write(`${train} training and ${test} test examples in ${out}\n`);
  } else {
    stderr.write('usage: node scripts/banking77.ts SOURCE_FOLDER OUT_FOLDER\n');
    process.exitCode = 2;
  }
}
