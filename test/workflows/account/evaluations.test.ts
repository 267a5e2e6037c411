import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { standInConnection } from '../../../src/platforms/registry.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/index.ts';
import { type Pipeline, pipeline } from '../../support/pipeline.ts';

// An evaluation without a run counts in the months of the connections that it asks.

let folder: string;
let other: Simulator;
let at: Pipeline;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-month-'));
  other = await startSimulator({ dataDir: folder });
  const poor = { ...standInConnection(other.url), monthlyBudgetUsd: 0.000_001 };
  at = await pipeline({}, {}, (usual) => ({ ...usual, monthlyBudgetUsd: 5 }), [], { poor });
});
afterAll(async () => {
  await at.close();
  await other.close();
  await rm(folder, { recursive: true, force: true });
});

const evaluate = async (...models: string[]) =>
  await (await at.client.evaluate({ models, data: 'data.jsonl', budgetUsd: 1 })).result();

/** Of the month of a connection, spent and promised. */
async function usedOf(wanted: string): Promise<number> {
  // Accounts are listed by visibility, which comes a moment later.
  for (;;) {
    for await (const { connection, months } of at.client.accounts()) {
      const [first] = months;
      if (connection === wanted && first) return first.spentUsd + first.reservedUsd;
    }
  }
}

test('where one of them does not bear the estimate nothing is asked, and nothing is promised at the others', async () => {
  await expect(evaluate('simulator/stand-in-mini', 'poor/stand-in-mini')).rejects.toMatchObject({
    code: 'over_monthly_budget',
    message: expect.stringMatching(/^Of the \$0\.00 that poor may spend in \d{4}-\d\d, /),
    advice: expect.stringContaining('evaluation.maxExamples'),
  });
  expect(at.simulator.ledger().chat).toEqual({});
  expect(await usedOf('simulator')).toBe(0);
});

test('what was asked takes the place of the estimate, of all models of a connection together', async () => {
  const { cost } = await evaluate('simulator/stand-in-mini', 'simulator/stand-in-judge');
  expect(cost.usd).toBeGreaterThan(0);
  expect(cost.usd).not.toBeCloseTo(cost.estimatedUsd, 9);
  expect(await usedOf('simulator')).toBeCloseTo(cost.usd, 9);
});
