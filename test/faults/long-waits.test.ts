import { Client, Connection } from '@temporalio/client';
import type { RunHandle } from '../../src/client.ts';
import type { PresetRule } from '../../src/simulator/index.ts';
import { type Call, callsOf, requestsOf } from './support/calls.ts';
import { courses } from './support/courses.ts';
import { pendingOf } from './support/evaluations.ts';
import { outcomeOf, until } from './support/outcome.ts';
import { openWorld } from './support/world.ts';

// What takes long is waited for by the server: no worker is kept busy, and a person can break it off or shorten it.

const realTimes = process.env.TUNEWRIGHT_FAULTS === 'all';
const hourMs = 3_600_000;

const world = await openWorld();
const connection = await Connection.connect({ address: world.address });
const temporal = new Client({ connection });

const undisturbed = await (async () => {
  const outcome = await outcomeOf(world, await courses.succeeds(world, 'undisturbed'));
  return { outcome, calls: callsOf(world, 'undisturbed') };
})().catch(async (error: unknown) => {
  await world.close();
  throw error;
});
afterAll(async () => {
  await connection.close();
  await world.close();
});

function callOf(activity: string, method: string): Call {
  const call = undisturbed.calls.find((one) => one.activity === activity && one.method === method);
  if (!call) throw new Error(`${activity} makes no ${method}`);
  return call;
}

/** Starts a run of which one call meets the fault once. */
async function begin(run: string, call: Call, fault: PresetRule): Promise<RunHandle> {
  await world.addFault({ ...fault, ...requestsOf(run, call) });
  return await courses.succeeds(world, run);
}

/** The activities that the server is to try again, and in how long. */
async function waiting(run: RunHandle) {
  const all = await pendingOf(temporal, run.name);
  const pending = all.pending.filter(({ lastFailure }) => lastFailure?.message);
  return pending.map(({ workflowId, activityId, activityType, scheduledTime, state, lastFailure }) => ({
    workflowId,
    activity: activityType?.name,
    activityId: activityId ?? '',
    /** 1 is scheduled, 2 is started: held by a worker. */
    state: Number(state),
    inMs: Number(scheduledTime?.seconds ?? 0) * 1_000 - Date.now(),
    trouble: lastFailure?.message,
  }));
}
const scheduled = 1;

const slowly = (activity: string) => expect.objectContaining({ activity, state: scheduled });

describe('a platform that says to come back in an hour', () => {
  test.each([
    ['uploadFile', 'rate_limited_an_hour', { jobs: 0, paid: 0 }],
    ['createJob', 'daily_rate_limit_exceeded', { jobs: 0, paid: 0 }],
    ['createJob', 'rate_limited_an_hour', { jobs: 0, paid: 0 }],
    ['warmUp', 'rate_limited_an_hour', { jobs: 1, paid: 1 }],
    ['evaluateModel', 'rate_limited_an_hour', { jobs: 1, paid: 1 }],
  ] as const)('%s, %s: no worker is held, and the run can be cancelled at once', async (activity, preset, left) => {
    const run = await begin(
      `hour-${activity.toLowerCase()}-${preset.replaceAll('_', '-')}`.slice(0, 40),
      callOf(activity, 'POST'),
      { preset },
    );
    const [waits] = await until(
      async () => await waiting(run),
      (all) => all.some(({ inMs }) => inMs > hourMs / 2),
    );
    expect(waits).toEqual(slowly(activity));
    expect(waits?.inMs).toBeGreaterThan(hourMs / 2);
    expect(waits?.inMs).toBeLessThan(hourMs + 60_000);
    await run.cancel('Not that long.');
    expect(await outcomeOf(world, run)).toEqual({ ...left, files: 0, error: 'run_cancelled' });
  });
});

const noQuota = { preset: 'insufficient_quota' };

describe('a quota that is used up', () => {
  test.each(['uploadFile', 'createJob'])(
    'ends the run at %s: nothing is paid and nothing is left',
    async (activity) => {
      const run = await begin(`quota-${activity.toLowerCase()}`, callOf(activity, 'POST'), noQuota);
      await expect(run.result()).rejects.toMatchObject({
        code: 'quota_exhausted',
        message: expect.stringContaining(
          'You exceeded your current quota, please check your plan and billing details.',
        ),
        advice: "Raise the account's limit or add credit, then start the run again.",
      });
      expect(await outcomeOf(world, run)).toEqual({ jobs: 0, paid: 0, files: 0, error: 'quota_exhausted' });
    },
  );

  test.each([
    ['waitForJob', 'GET'],
    ['warmUp', 'POST'],
    ['evaluateModel', 'POST'],
    ['writeReport', 'GET'],
  ])('is waited for at %s, when the job is paid', async (activity, method) => {
    const run = await begin(`quota-${activity.toLowerCase()}`, callOf(activity, method), noQuota);
    const [waits] = await until(
      async () => await waiting(run),
      (all) => all.some(({ trouble }) => trouble?.includes('quota')),
    );
    expect(waits).toEqual(slowly(activity));
    // What a person does who has mended it and does not want to wait for the next minute.
    const execution = { workflowId: waits?.workflowId ?? '' };
    await connection.workflowService.resetActivity({ namespace: 'default', execution, id: waits?.activityId ?? '' });
    expect(await outcomeOf(world, run)).toEqual(undisturbed.outcome);
  });
});

describe('a job that trained', () => {
  const runs = new Map<string, RunHandle>();
  const job = {
    'shows a status that nobody knows': { showStatus: { status: 'meditating', forMs: 3_000 } },
    'carries an empty error though it is healthy': { emptyError: true },
  };

  beforeAll(async () => {
    await world.set(
      realTimes ? { modelNameMs: 60_000, modelReadyMs: 300_000 } : { modelNameMs: 1_500, modelReadyMs: 3_000 },
    );
    runs.set('is named late, and its model answers late', await courses.succeeds(world, 'late-model'));
    for (const [what, fault] of Object.entries(job)) {
      const name = what.replaceAll(' ', '-').slice(0, 40).replace(/-$/, '');
      await world.addFault({ kind: 'job', job: fault, withHeaders: { 'x-run': name } });
      runs.set(what, await courses.succeeds(world, name));
    }
  });

  test.each(['is named late, and its model answers late', ...Object.keys(job)])('%s', async (what) => {
    expect(await outcomeOf(world, runs.get(what) as RunHandle)).toEqual(undisturbed.outcome);
  });
});
