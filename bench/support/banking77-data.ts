import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
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
