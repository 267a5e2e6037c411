import { randomBytes } from 'node:crypto';
import { connect } from '../../src/client/connect.ts';
import { runsOfJob } from '../../src/client/list.ts';
import type { RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { jobEvent, signed } from '../platforms/webhook.ts';
import { type GatewayProcess, startGateway } from './support/command.ts';
import { config, type Outcome, outcomeOf, until } from './support/outcome.ts';
import { openWorld, type World } from './support/world.ts';

// Runs look at their jobs once and then not for an hour: nothing but a webhook can wake them. Their jobs wait for
// their turn until the platform's clock is moved; how often a run has looked tells what has woken it.

const secret = `whsec_${randomBytes(24).toString('base64')}`;
const secretEnv = 'SIMULATOR_WEBHOOK_SECRET';
const queueMs = 3_600_000;
const unhurried: RunConfigInput = { ...config, pollSeconds: 3_600 };

let world: World;
let temporal: Awaited<ReturnType<typeof connect>>;
let gateway: GatewayProcess;
let undisturbed: { outcome: Outcome; looks: number };

beforeAll(async () => {
  world = await openWorld({ webhookSecretEnv: secretEnv });
  gateway = await startGateway(world, { [secretEnv]: secret });
  await world.setWebhooks([{ url: gateway.url, secret }]);
  temporal = await connect({ address: world.address, namespace: 'default' });
  const run = await waiting('undisturbed');
  await endJobs();
  undisturbed = { outcome: await outcomeOf(world, run.handle), looks: await run.looks() };
});
afterAll(async () => {
  await temporal.connection.close();
  await gateway.kill();
  await world.close();
});

interface Waiting {
  handle: RunHandle;
  jobId: string;
  /** How often the run has looked at its job. */
  looks(): Promise<number>;
}

/** A run that has looked at its job, which waits for its turn, and that Temporal lists by its job. */
async function waiting(name: string, changes: RunConfigInput = unhurried): Promise<Waiting> {
  const withHeaders = { 'x-run': name };
  const id = `looks of ${name}`;
  await world.addFault({ kind: 'job', job: { queueMs }, withHeaders });
  await world.addFault({ kind: 'delay', ms: 0, times: -1, path: '/v1/fine_tuning/jobs/*/events', withHeaders, id });
  const handle = await world.client.start(changes, { name });
  const { job } = await until(
    async () => await handle.progress(),
    ({ live }) => live?.platformStatus !== undefined,
  );
  const jobId = job?.id ?? '';
  await until(
    async () => await runsOfJob(temporal, jobId),
    (names) => names.includes(name),
  );
  const looks = async () => (await world.faults()).find((fault) => fault.id === id)?.struck ?? 0;
  return { handle, jobId, looks };
}

/** The turn of every job that waits has come. */
async function endJobs(): Promise<void> {
  await world.advanceClock(queueMs);
}

/** One delivery, as the platform makes it or a forger; answers the status and how many runs it has woken. */
async function deliver(body: string, { by = secret, at = Date.now() } = {}): Promise<[number, number | undefined]> {
  const answer = await fetch(gateway.url, { method: 'POST', headers: signed(body, by, { at }), body });
  return [answer.status, ((await answer.json()) as { runs?: number }).runs];
}

/** What becomes of a run when its job ends, and how often it has looked beyond what an undisturbed one does. */
async function ends({ handle, looks }: Waiting): Promise<{ outcome: Outcome; moreLooks: number }> {
  await endJobs();
  return { outcome: await outcomeOf(world, handle), moreLooks: (await looks()) - undisturbed.looks };
}

test('undisturbed, a webhook wakes a run that would have waited for an hour', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed.outcome).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
  expect(undisturbed.looks).toBeGreaterThan(1);
});

describe('webhooks that wake nothing', () => {
  test('forged, replayed later, about unknown jobs', async () => {
    const run = await waiting('forged');
    const event = jobEvent(run.jobId, { id: 'evt_forged' });
    expect(await deliver(event, { by: `whsec_${btoa('forger')}` })).toEqual([401, undefined]);
    expect(await deliver(event, { at: Date.now() - 600_000 })).toEqual([401, undefined]);
    expect(await deliver(event, { at: Date.now() + 600_000 })).toEqual([401, undefined]);
    expect(await deliver(jobEvent('ftjob-unknown'))).toEqual([200, 0]);
    expect(await ends(run)).toEqual({ outcome: undisturbed.outcome, moreLooks: 0 });
  });
});

describe('webhooks that are no news', () => {
  test('repeated, also to another gateway: the run looks once', async () => {
    const run = await waiting('repeated');
    const event = jobEvent(run.jobId, { id: 'evt_repeated' });
    const before = await run.looks();
    expect(await deliver(event)).toEqual([200, 1]);
    await until(run.looks, (now) => now === before + 1);
    expect(await deliver(event)).toEqual([200, 0]);
    await gateway.kill();
    await gateway.start();
    expect(await deliver(event)).toEqual([200, 1]);
    expect(await ends(run)).toEqual({ outcome: undisturbed.outcome, moreLooks: 1 });
  });

  test('out of order: success is told before the job has begun, and failure after its end', async () => {
    const run = await waiting('disordered');
    const before = await run.looks();
    await deliver(jobEvent(run.jobId, { id: 'evt_early' }));
    await until(run.looks, (now) => now === before + 1);
    expect((await run.handle.progress()).stage).toBe('train');
    expect(await ends(run)).toEqual({ outcome: undisturbed.outcome, moreLooks: 1 });
    const late = jobEvent(run.jobId, { id: 'evt_late', type: 'fine_tuning.job.failed' });
    expect(await deliver(late)).toEqual([200, 0]);
  });
});

describe('webhooks that do not come', () => {
  test('while the gateway is killed: the platform sends them again', async () => {
    const runs = [await waiting('unheard-1'), await waiting('unheard-2')];
    await gateway.kill();
    await endJobs();
    await until(
      async () => await Promise.all(runs.map(async ({ jobId }) => (await world.platform.getJob(jobId)).state)),
      (states) => states.every((state) => state === 'succeeded'),
    );
    await gateway.start();
    for (const run of runs) expect(await ends(run)).toEqual({ outcome: undisturbed.outcome, moreLooks: 0 });
  });

  test('at all: polling is enough', async () => {
    await world.setWebhooks([]);
    const { handle } = await waiting('polling', { ...unhurried, pollSeconds: 0.2 });
    await endJobs();
    const { report, ...rest } = await outcomeOf(world, handle);
    const { report: expected, ...as } = undisturbed.outcome;
    expect(rest).toEqual(as);
    expect({ ...(report as object), config: undefined }).toEqual({ ...(expected as object), config: undefined });
  });
});
