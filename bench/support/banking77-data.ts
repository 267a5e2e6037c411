import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertFiles } from '../../src/datasets/convert/convert.ts';
import { say } from './output.ts';

/** The folder of the data set; says where to get it, and answers undefined, when it is not here. */
export function findBanking77(): string | undefined {
  const shared = process.env.TUNEWRIGHT_SHARED ?? fileURLToPath(new URL('../../../shared', import.meta.url));
  const folder = resolve(shared, 'data', 'banking77');
  if (existsSync(join(folder, 'train.csv')) && existsSync(join(folder, 'test.csv'))) return folder;
  say(`The data set Banking77 is not here: there is no train.csv and test.csv in ${folder}.
Fetch them from https://github.com/PolyAI-LDN/task-specific-datasets (CC BY 4.0) into a folder data/banking77 and let
TUNEWRIGHT_SHARED name the folder that holds data.`);
  return undefined;
}

/**
 * Makes `train.jsonl` and `test.jsonl` of them, and answers how many examples each has.
 *
 * @param told whether a system message tells the task and all intents; a model that knows no words learns nothing by it
 */
export async function convertBanking77(
  source: string,
  out: string,
  told = true,
): Promise<{ train: number; test: number }> {
  const convert = async (part: string, system?: string) => {
    const input = { path: join(source, `${part}.csv`), name: `${part}.csv` };
    const { examples } = await convertFiles([input], join(out, `${part}.jsonl`), { system, force: true });
    return examples;
  };
  const train = await convert('train');
  const test = await convert('test');
  if (!told) return { train, test };
  const answers = [...(await answersIn(join(out, 'train.jsonl'))), ...(await answersIn(join(out, 'test.jsonl')))];
  const intents = [...new Set(answers)].sort().join(', ');
  const system = `You sort questions that customers ask a bank. Answer with the one intent that fits, and nothing else. Intents: ${intents}`;
  return { train: await convert('train', system), test: await convert('test', system) };
}

async function answersIn(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line).messages.at(-1).content);
}
