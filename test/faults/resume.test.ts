import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { config, outcomeOf, until } from './support/outcome.ts';
import { openWorld, type World } from './support/world.ts';

// What a killed worker had done is not done again: the parts of an upload, the answers of an evaluation.

const parts = { fileBytes: 1_024, partBytes: 512, parallelParts: 2 };
/** As `src/activities/evaluate.ts` has it: the smallest batch of answers that is kept. */
const batch = 16;
const concurrency = 4;
const heldOut = 160;
const kills = 2;
/** A part that was taken right before the kill, and is not yet known to be, goes up again, as do those on their way. */
const partsOfAKill = 2 * parts.parallelParts;

const evaluated: RunConfigInput = {
  ...config,
  data: { train: 'data.jsonl', test: 'held-out.jsonl' },
  evaluation: { concurrency, reuseAnswers: false },
};

let world: World;
let undisturbed: Awaited<ReturnType<typeof outcomeOf>>;
let partsOfARun: number;
let uploads: RunHandle;
let evaluates: RunHandle;

beforeAll(async () => {
  world = await openWorld({ limits: parts });
  await writeFile(join(world.folder, 'held-out.jsonl'), questions());
  // Rules that change nothing count what they see.
  await world.addFault({ kind: 'delay', ms: 0, id: 'parts', method: 'POST', path: '/v1/uploads/*/parts', times: -1 });
  undisturbed = await outcomeOf(world, await world.client.start(evaluated, { name: 'undisturbed' }));
  partsOfARun = await partsSent();

  await world.addFault({ kind: 'delay', ms: 150, path: '/v1/chat/completions', times: -1 });
  evaluates = await world.client.start(evaluated, { name: 'evaluates' });
  await until(
    async () => (await evaluates.progress()).stage,
    (stage) => stage === 'evaluate',
  );
  await world.addFault({ kind: 'delay', ms: 300, path: '/v1/uploads/*/parts', times: -1 });
  uploads = await world.client.start(evaluated, { name: 'uploads' });
  await until(partsSent, (sent) => sent >= 2 * partsOfARun + partsOfARun / 2);
  for (let kill = 0; kill < kills; kill++) {
    const before = await asked();
    await until(asked, (now) => now >= before + 2 * batch + 2 * concurrency);
    await world.kill(['worker']);
    await world.start(['worker']);
  }
});
afterAll(async () => await world.close());

/** 160 that the training file does not hold. */
function questions(): string {
  const texts = { billing: 'I want my money back for order', shipping: 'where is my parcel with number' };
  const lines = Object.entries(texts).flatMap(([intent, text]) =>
    Array.from({ length: heldOut / 2 }, (_, i) => ({
      messages: [
        { role: 'user', content: `${text} ${5000 + i}` },
        { role: 'assistant', content: intent },
      ],
    })),
  );
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

async function partsSent(): Promise<number> {
  return (await world.faults()).find(({ id }) => id === 'parts')?.seen ?? 0;
}

/** Questions that the platform was ever asked, of both models. */
async function asked(): Promise<number> {
  return Object.values((await world.ledger()).chat).reduce((sum, { requests }) => sum + requests, 0);
}

describe('a worker that is killed again and again', () => {
  test('ends with what an undisturbed run ends with', async () => {
    expect(undisturbed).toMatchObject({ jobs: 1, paid: 1, files: 2 });
    expect(await outcomeOf(world, evaluates)).toEqual(undisturbed);
    expect(await outcomeOf(world, uploads)).toEqual(undisturbed);
  });

  test('sends no part again but those on their way', async () => {
    const sent = await partsSent();
    expect(partsOfARun).toBeGreaterThan(3 * partsOfAKill);
    // On a slow machine both kills meet the upload.
    expect(sent - 3 * partsOfARun).toBeLessThanOrEqual(kills * partsOfAKill);
    // Two files a run, each begun once.
    expect((await world.ledger()).totals.uploads).toBe(3 * 2);
  });

  test('asks no question again but those of the batch in flight', async () => {
    const once = 3 * (2 * heldOut + 1);
    const ofAKill = 2 * (batch - 1 + concurrency);
    const again = (await asked()) - once;
    expect(again).toBeGreaterThan(0);
    expect(again).toBeLessThanOrEqual(kills * ofAKill);
  });
});
