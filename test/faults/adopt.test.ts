import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdoptedModel, AdoptionResult } from '../../src/contract/adoption.ts';
import { openRecords } from '../../src/records/index.ts';
import { filledAccount, trainingLines, validationLines } from '../adopt/account.ts';
import { until } from './support/outcome.ts';
import { openWorld, type World } from './support/world.ts';

// An adoption whose worker is killed while it packs and while it asks.

/** As `src/activities/evaluate.ts` and `src/activities/adopt/ask.ts` have it. */
const [batch, concurrency] = [16, 8];
const questions = validationLines.length + 2 * trainingLines.length;

let world: World;
let result: AdoptionResult;
let created: object;

beforeAll(async () => {
  world = await openWorld();
  await filledAccount({ url: world.simulatorUrl });
  created = (await world.ledger()).totals;
  await world.addFault({ kind: 'delay', ms: 300, id: 'files', path: '/v1/files/*/content', times: -1 });
  await world.addFault({ kind: 'delay', ms: 200, path: '/v1/chat/completions', times: -1 });

  // For the models without a validation file, one of which has lost its training data as well.
  const heldOut = join(world.folder, 'held-out.jsonl');
  await writeFile(heldOut, trainingLines.map((line) => `${line}\n`).join(''));
  const request = { connection: 'simulator', budgetUsd: 5, heldOut, dryRun: false, by: 'kim' };
  const adoption = await world.client.adopt(request);
  const ended = adoption.result();
  await until(
    async () => (await world.faults()).find(({ id }) => id === 'files')?.seen ?? 0,
    (seen) => seen >= 2,
  );
  await world.kill(['worker']);
  await world.start(['worker']);
  await until(asked, (seen) => seen >= validationLines.length + batch + concurrency);
  await world.kill(['worker']);
  await world.start(['worker']);
  result = await ended;
});
afterAll(async () => await world.close());

async function asked(): Promise<number> {
  return Object.values((await world.ledger()).chat).reduce((sum, { requests }) => sum + requests, 0);
}

test('every model is registered once, with all that can be had of it', async () => {
  expect(result).toMatchObject({ names: 3, adopted: 4, fuller: 0, known: 0, asked: 3 });
  const rows = JSON.parse(await world.store.readText(result.models)) as AdoptedModel[];
  expect(rows.filter(({ name }) => name === 'support-desk')).toMatchObject([
    { version: 1, champion: false, answers: { examples: trainingLines.length } },
    { version: 2, champion: true, answers: { examples: validationLines.length } },
  ]);
  const records = await openRecords(join(world.folder, 'records.sqlite'));
  const audit = await records.audit('support-desk');
  expect(audit.filter(({ action }) => action === 'register')).toHaveLength(2);
  expect(audit.filter(({ action }) => action === 'promote')).toHaveLength(1);
  await records.close();
});

test('answers that were kept are not paid again, and nothing is created', async () => {
  expect(await asked()).toBeLessThanOrEqual(questions + batch + concurrency);
  const { dollars: _, ...totals } = (await world.ledger()).totals;
  expect(created).toMatchObject(totals);
});
