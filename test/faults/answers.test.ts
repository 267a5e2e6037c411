import { Connection } from '@temporalio/client';
import type { FaultEffect, FaultMatch } from '../../src/simulator/faults/rules.ts';
import { type Call, callsOf, requestsOf } from './support/calls.ts';
import { beginAll, type Course, courses, inParts } from './support/courses.ts';
import { outcomeOf, until } from './support/outcome.ts';
import { openWorld } from './support/world.ts';

// The platform does what it is asked, and its answer is lost, comes too late, or the request arrives twice.

const everyCall = process.env.TUNEWRIGHT_FAULTS === 'all';
const timeoutSeconds = 5;
/** The client gives an upload a little longer. */
const tooLateMs = timeoutSeconds * 1_000 + 3_000;

/** How far listings lag, and for how long the connection looks for what it may have created. */
const lag = everyCall ? { listLagMs: 30_000, listLagSeconds: 45 } : { listLagMs: 3_000, listLagSeconds: 4 };

const world = await openWorld({ timeoutSeconds, listLagSeconds: lag.listLagSeconds, limits: inParts });

interface Case {
  run: string;
  course: Course;
  /** Such as `uploadFile 6: POST /v1/uploads`. */
  call: string;
  fault: FaultMatch & FaultEffect;
}

const effects = {
  'is lost': { kind: 'drop-after' },
  'comes too late': { kind: 'delay', ms: tooLateMs, when: 'after' },
  'comes once for two requests': { kind: 'duplicate' },
} as const satisfies Record<string, FaultEffect>;
type Effect = keyof typeof effects;

const undisturbed = await (async () => {
  const both = async (course: Course) => {
    const outcome = await outcomeOf(world, await courses[course](world, course));
    return { outcome, calls: callsOf(world, course) };
  };
  return { succeeds: await both('succeeds'), cancelled: await both('cancelled') };
})().catch(async (error: unknown) => {
  await world.close();
  throw error;
});

/** The calls that only this course makes, or makes in another way. */
function callsToStrike(course: Course): Call[] {
  const { calls } = undisturbed[course];
  return course === 'succeeds' ? calls : calls.filter(({ activity }) => /^(stopJobs|removeFiles)$/.test(activity));
}

function casesOf(effect: Effect): Case[] {
  return (['succeeds', 'cancelled'] as const).flatMap((course) =>
    callsToStrike(course).flatMap((call): Case[] => {
      // What only looks has no effect that could be had twice, and a late answer is a lost one.
      if (!everyCall && call.method === 'GET' && effect !== 'is lost') return [];
      // A job that exists twice is for a person to decide.
      if (effect === 'comes once for two requests' && isCreate(call)) return [];
      const twice = call.times > 1 && (everyCall || call.method !== 'GET');
      const skips = twice ? [0, call.times - 1] : [0];
      return skips.map((skip) => {
        const which = twice ? (skip === 0 ? ', the first' : ', the last') : '';
        const name = `${call.activity} ${call.activityId}: ${call.method} ${call.path}${which}`;
        const run = `${course} ${effect} ${name}`.replaceAll(/\W+/g, '-').toLowerCase();
        return { run, course, call: name, fault: { ...effects[effect], ...requestsOf(run, call), id: run, skip } };
      });
    }),
  );
}

function isCreate({ method, path }: Call): boolean {
  return method === 'POST' && path === '/v1/fine_tuning/jobs';
}

const cases = (Object.keys(effects) as Effect[]).map((effect) => [effect, casesOf(effect)] as const);

beforeAll(async () => {
  const all = cases.flatMap(([, of]) => of);
  for (const { fault } of all) await world.addFault(fault);
  await beginAll(world, all);
});
afterAll(async () => await world.close());

async function struck(run: string): Promise<number | undefined> {
  return (await world.faults()).find(({ id }) => id === run)?.struck;
}

test('undisturbed, a run pays one job and leaves its two files, and a cancelled one leaves nothing', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed.succeeds.outcome).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
  expect(undisturbed.cancelled.outcome).toEqual({ jobs: 1, paid: 0, files: 0, error: 'run_cancelled' });
});

describe.each(cases)('an answer %s', (_, of) => {
  test.each(of)('$call', async ({ run, course }) => {
    const outcome = await outcomeOf(world, world.client.get(run));
    expect({ ...outcome, struck: await struck(run) }).toEqual({ ...undisturbed[course].outcome, struck: 1 });
  });
});

describe('while listings lag behind what is created', () => {
  const lost: [string, FaultEffect, boolean][] = [
    ['uploadFile POST /v1/files', effects['is lost'], false],
    ['uploadFile POST /v1/uploads/*/complete', effects['is lost'], false],
    ['createJob POST /v1/fine_tuning/jobs', effects['is lost'], false],
    ['createJob POST /v1/fine_tuning/jobs', effects['is lost'], true],
    ['uploadFile POST /v1/files', effects['comes once for two requests'], false],
  ];
  const runOf = (index: number) => `lags-${index}`;

  beforeAll(async () => {
    // What was created twice can be seen only while the job trains, when the listings show it.
    await world.set({ listLagMs: lag.listLagMs, trainingSeconds: lag.listLagSeconds + 3 });
    for (const [index, [kind, effect]] of lost.entries()) {
      const { calls } = undisturbed.succeeds;
      const call = calls.find(({ activity, method, path }) => `${activity} ${method} ${path}` === kind) as Call;
      await world.addFault({ ...effect, ...requestsOf(runOf(index), call), id: runOf(index) });
      await courses.succeeds(world, runOf(index));
    }
    await resetWhenLost();
  });

  /** By a person who does not want to wait for the next try: the attempts of the activity begin at 1 again. */
  async function resetWhenLost(): Promise<void> {
    const connection = await Connection.connect({ address: world.address });
    const { workflowService } = connection;
    await Promise.all(
      [...lost.entries()].map(async ([index, [, , reset]]) => {
        if (!reset) return;
        await until(
          async () => await struck(runOf(index)),
          (times) => times === 1,
        );
        const execution = { workflowId: runOf(index) };
        await workflowService.resetActivity({ namespace: 'default', execution, type: 'createJob' });
      }),
    );
    await connection.close();
  }

  test.each(lost.map(([call, { kind }, reset], index) => ({ call, kind, reset, run: runOf(index) })))(
    '$call: $kind, reset by a person: $reset',
    async ({ run }) => {
      const outcome = await outcomeOf(world, world.client.get(run));
      expect({ ...outcome, struck: await struck(run) }).toEqual({ ...undisturbed.succeeds.outcome, struck: 1 });
    },
  );
});
