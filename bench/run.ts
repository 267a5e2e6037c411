import { parseArgs } from 'node:util';
import { adopt } from './adopt.ts';
import { data, dataMemory } from './data.ts';
import { evaluation } from './evaluation.ts';
import { gateway } from './gateway.ts';
import { graders } from './graders.ts';
import { history } from './history.ts';
import { memory } from './memory.ts';
import { migration } from './migration.ts';
import { overhead } from './overhead.ts';
import { recovery } from './recovery.ts';
import { resolve } from './resolve.ts';
import { review } from './review.ts';
import { type Figure, figureTable } from './support/figure.ts';
import { say } from './support/output.ts';
import type { Sizes } from './support/sizes.ts';
import { throughput } from './throughput.ts';
import { workerStart } from './worker-start.ts';

/** What can be measured, by the name that picks it. */
const parts: Readonly<Record<string, (sizes: Sizes) => Promise<Figure[]>>> = {
  overhead,
  history,
  'worker-start': workerStart,
  memory,
  data,
  'data-memory': dataMemory,
  review,
  resolve,
  graders,
  adopt,
  evaluation,
  recovery,
  throughput,
  gateway,
  migration,
};

/** Measures the parts that are named, or all of them, and prints one table. Exit code 1 where a reach is missed. */
async function main(): Promise<number> {
  const { values, positionals: names } = parseArgs({
    allowPositionals: true,
    options: { pipelines: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '3' } },
  });
  const sizes: Sizes = { pipelines: Number(values.pipelines), rounds: Number(values.rounds) };
  if (!Object.values(sizes).every((size) => Number.isInteger(size) && size > 0)) {
    say('How many --pipelines and --rounds is a whole number from 1.');
    return 2;
  }
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    say(`Nothing is measured under the name ${unknown.join(', ')}; choose from ${Object.keys(parts).join(', ')}.`);
    return 2;
  }
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`measuring ${name} …`);
    figures.push(...(await measure(sizes)));
  }
  say(`\n${figureTable(figures)}`);
  return figures.some(({ reach }) => reach && !reach.kept) ? 1 : 0;
}

process.exitCode = await main();
