import { argv } from 'node:process';
import { history } from './history.ts';
import { memory } from './memory.ts';
import { overhead } from './overhead.ts';
import { type Figure, figureTable } from './support/figure.ts';
import { say } from './support/output.ts';
import { workerStart } from './worker-start.ts';

/** What can be measured, by the name that picks it. */
const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
  overhead,
  history,
  'worker-start': workerStart,
  memory,
};

/** Measures the parts that are named, or all of them, and prints one table. Exit code 1 where a reach is missed. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    say(`Nothing is measured under the name ${unknown.join(', ')}; choose from ${Object.keys(parts).join(', ')}.`);
    return 2;
  }
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`measuring ${name} …`);
    figures.push(...(await measure()));
  }
  say(`\n${figureTable(figures)}`);
  return figures.some(({ reach }) => reach && !reach.kept) ? 1 : 0;
}

process.exitCode = await main(argv.slice(2));
