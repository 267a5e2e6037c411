import { type Crossing, distilRequest, openCrossing } from './support.ts';

// What the old model is asked counts in the month of its own connection.

let there: Crossing;
afterEach(async () => await there.close());

async function open(monthlyBudgetUsd: number): Promise<void> {
  there = await openCrossing(0, {}, undefined, (usual) => ({ ...usual, monthlyBudgetUsd }));
}

async function month(): Promise<number> {
  // Accounts are listed by visibility, which comes a moment later.
  for (;;) {
    for await (const { connection, months } of there.at.client.accounts()) {
      const [first] = months;
      if (connection === 'simulator' && first) return first.spentUsd + first.reservedUsd;
    }
  }
}

test('what it has answered is counted there, once, and to the cent', async () => {
  await open(5);
  const { askedUsd } = await (await there.at.client.migrate(distilRequest)).result();
  expect(askedUsd).toBeGreaterThan(0);
  expect(await month()).toBeCloseTo(askedUsd ?? 0, 9);
});

test('where the month does not bear what its answers are expected to cost, they are not asked', async () => {
  await open(0.000_001);
  const { modelId } = await there.records.resolve('support-desk');
  const migration = await there.at.client.migrate(distilRequest);
  await expect(migration.result()).rejects.toMatchObject({
    code: 'over_monthly_budget',
    message: expect.stringMatching(/^Of the \$0\.00 that simulator may spend in \d{4}-\d\d, /),
    advice: expect.stringContaining('--distil-budget'),
  });
  const { requests = 0 } = there.at.simulator.ledger().chat[modelId] ?? {};
  const { heldOut } = (await migration.state()).plan ?? {};
  expect(requests).toBe(heldOut?.examples);
  expect(there.elsewhere.ledger().totals.jobs).toBe(0);
});
