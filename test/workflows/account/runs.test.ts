import { connect } from '../../../src/client/connect.ts';
import type { Account, RunHandle } from '../../../src/client.ts';
import { accountName, leaveSignal } from '../../../src/contract/account.ts';
import type { RunConfigInput } from '../../../src/contract/config.ts';
import { type Pipeline, pipeline } from '../../support/pipeline.ts';
import { failureOf, filesLeft, training, until } from '../../support/watching.ts';

let at: Pipeline;
afterEach(async () => await at.close());

/** Runs of connections of their own: `narrow` has one slot, `poor` a month's budget. */
async function open(changes: { jobsAtOnce?: number; monthlyBudgetUsd?: number } = {}): Promise<void> {
  const { jobsAtOnce = null, monthlyBudgetUsd } = changes;
  at = await pipeline({}, undefined, (connection) => ({
    ...connection,
    catalogue: { ...connection.catalogue, limits: { jobsAtOnce } },
    ...(monthlyBudgetUsd === undefined ? {} : { monthlyBudgetUsd }),
  }));
}
const start = async (changes: Partial<RunConfigInput> = {}): Promise<RunHandle> =>
  await at.client.start(at.config(changes));
const queued = async (run: RunHandle) => await until(run, 'train', ({ live }) => live?.queue !== undefined);
/** Its job may have ended before anybody looks. */
async function withJob(run: RunHandle): Promise<void> {
  for await (const { job } of run.watch({ intervalMs: 50 })) if (job) return;
  throw new Error('the run ended without a job');
}

async function account(): Promise<Account> {
  for await (const one of at.client.accounts()) return one;
  throw new Error('there is no account');
}

async function accountUntil(holds: (seen: Account) => boolean): Promise<Account> {
  for (;;) {
    const seen = await account();
    if (holds(seen)) return seen;
  }
}

describe('job slots', () => {
  test('no more jobs than slots are at the platform; who waits sees the place, and the urgent goes first', async () => {
    await open({ jobsAtOnce: 1 });
    at.simulator.set({ trainingSeconds: 3_600 });
    const first = await start();
    await withJob(first);
    const second = await start();
    expect((await queued(second)).live?.queue).toEqual({ position: 1, of: 1 });
    const urgent = await start({ priority: 1 });
    expect((await queued(urgent)).live?.queue).toEqual({ position: 1, of: 2 });
    expect(at.simulator.ledger().totals.jobs).toBe(1);
    expect(await account()).toMatchObject({
      jobsAtOnce: 1,
      holding: [{ run: first.name }],
      waiting: [
        { run: urgent.name, priority: 1 },
        { run: second.name, priority: 3 },
      ],
    });

    await first.cancel('no longer wanted');
    await withJob(urgent);
    expect(await account()).toMatchObject({ holding: [{ run: urgent.name }], waiting: [{ run: second.name }] });

    await second.cancel('tired of waiting');
    await failureOf(second);
    await urgent.cancel('done');
    await failureOf(urgent);
    expect(await accountUntil(({ holding }) => holding.length === 0)).toMatchObject({ waiting: [] });
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 2, trainings: 0 });
    expect(await filesLeft(at)).toBe(0);
  });

  test('a slot is free while its run is evaluated, and a retraining asks for one of its own', async () => {
    await open({ jobsAtOnce: 1 });
    at.simulator.set({ modelReadyMs: 600_000 });
    const slow = await start();
    await until(slow, 'warmup');
    const other = await start();
    await withJob(other);
    at.simulator.set({ modelReadyMs: 0, trainingSeconds: 3_600 });
    await other.retrain({});
    await withJob(other);
    await slow.cancel('enough');
    await other.cancel('enough');
    await failureOf(other);
    expect(await accountUntil(({ holding }) => holding.length === 0)).toMatchObject({ waiting: [] });
  });

  test('the slot of a run that was terminated is given on, once its job does not train any more', async () => {
    await open({ jobsAtOnce: 1 });
    at.simulator.set({ trainingSeconds: 3_600 });
    const dead = await start();
    await until(dead, 'train', training);
    const temporal = await connect(at.settings.temporal);
    await temporal.workflow.getHandle(dead.name).terminate('test');
    const next = await start();
    await queued(next);
    // Its job is still counted by the platform.
    expect(await account()).toMatchObject({ holding: [{ run: dead.name }], waiting: [{ run: next.name }] });
    at.simulator.set({ trainingSeconds: 0 });
    at.simulator.advanceClock(3_600_000);
    const another = await start();
    await withJob(next);
    await next.result();
    await another.result();
    await temporal.connection.close();
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 3, trainings: 3 });
  });

  test('an account goes on as new before its history grows, and loses nothing', async () => {
    await open({ jobsAtOnce: 1, monthlyBudgetUsd: 5 });
    at.simulator.set({ trainingSeconds: 3_600 });
    const first = await start();
    await withJob(first);
    const second = await start();
    await queued(second);
    const before = await account();
    const temporal = await connect(at.settings.temporal);
    const handle = temporal.workflow.getHandle(accountName(at.settings.taskQueue, 'simulator'));
    const { runId } = await handle.describe();
    // Each is an event at least.
    for (let i = 0; i < 42; i++) {
      await Promise.all(Array.from({ length: 100 }, async () => await handle.signal(leaveSignal, { key: 'nobody' })));
    }
    while ((await handle.describe()).runId === runId) await account();
    expect(await account()).toEqual(before);
    await temporal.connection.close();
    await first.cancel('done');
    await withJob(second);
    await second.cancel('done');
    await failureOf(second);
  });

  test('an account that is ended by somebody begins anew, and whoever waits is served', async () => {
    await open({ jobsAtOnce: 1 });
    at.simulator.set({ trainingSeconds: 3_600 });
    const first = await start();
    await withJob(first);
    const second = await start();
    await queued(second);
    const temporal = await connect(at.settings.temporal);
    await temporal.workflow.getHandle(accountName(at.settings.taskQueue, 'simulator')).terminate('test');
    await temporal.connection.close();
    await withJob(second);
    await first.cancel('done');
    await second.cancel('done');
    await failureOf(first);
    await failureOf(second);
  });
});

describe('a month’s budget', () => {
  test('a run over it is refused before anything is uploaded, by name', async () => {
    await open({ monthlyBudgetUsd: 0.000_001 });
    const run = await start();
    expect(await failureOf(run)).toMatchObject({
      code: 'over_monthly_budget',
      message: expect.stringMatching(/^Of the \$0\.00 that simulator may spend in \d{4}-\d\d, \$0\.00 are spent/),
    });
    expect(at.simulator.ledger().totals).toMatchObject({ files: 0, jobs: 0 });
  });

  test('what runs have really cost is kept in place of their estimates', async () => {
    await open({ monthlyBudgetUsd: 5 });
    const run = await start();
    const { cost } = await run.result();
    const [month] = (await accountUntil(({ months }) => months[0]?.reservedUsd === 0)).months;
    const real = (cost.trainingUsd ?? 0) + (cost.evaluationUsd ?? 0);
    expect(real).toBeGreaterThan(0);
    expect(month).toMatchObject({ spentUsd: expect.closeTo(real, 9), budgetUsd: 5 });
    expect(cost.estimatedUsd).not.toBeCloseTo(real, 9);
  });

  test('with `overBudget: ask` the run waits for a person, and goes on when it is approved', async () => {
    await open({ monthlyBudgetUsd: 0.000_001 });
    const run = await start({ overBudget: 'ask' });
    const { question } = await until(run, 'access', ({ status }) => status === 'parked');
    expect(question).toMatchObject({ code: 'over_monthly_budget', choices: [{ name: 'approve' }] });
    expect(at.simulator.ledger().totals).toMatchObject({ files: 0, jobs: 0 });
    await run.decide('approve');
    await run.result();
    expect(at.simulator.ledger().totals).toMatchObject({ jobs: 1, trainings: 1 });
  });

  test('so does a run over a budget of its own', async () => {
    await open();
    const run = await start({ budgetUsd: 0.000_001, overBudget: 'ask' });
    const { question } = await until(run, 'estimate', ({ status }) => status === 'parked');
    expect(question).toMatchObject({ code: 'over_budget', message: expect.stringContaining('its budget is $0.00') });
    await run.decide('approve');
    await run.result();
  });
});
