import { type Pipeline, pipeline } from '../support/pipeline.ts';

let at: Pipeline;
beforeAll(async () => {
  at = await pipeline();
});
afterAll(async () => await at.close());

test('a data set becomes an evaluated model, for one paid job', async () => {
  const run = await at.client.start(at.config());
  const result = await run.result();
  expect(result.comparison.tuned.score.value).toBeGreaterThan(0.9);
  const jobs = at.simulator.ledger().entries.filter((entry) => entry.kind === 'job');
  expect(jobs).toHaveLength(1);
});
