import type { FaultEffect } from '../../src/simulator/faults/rules.ts';
import type { PresetRule } from '../../src/simulator/index.ts';
import { type Call, callsOf, requestsOf } from './support/calls.ts';
import { beginAll, type Course, courses, inParts } from './support/courses.ts';
import { outcomeOf } from './support/outcome.ts';
import { openWorld } from './support/world.ts';

// Every activity of a run meets the same wrong answer, each once; then the platform is well again.

const everyCall = process.env.TUNEWRIGHT_FAULTS === 'all';
const page = '<!doctype html><html><body><h1>Please sign in</h1></body></html>';

const faults: Record<string, FaultEffect | PresetRule> = {
  'a rate limit that tells when to come back': { preset: 'rate_limited' },
  'a rate limit that does not': { preset: 'rate_limited_no_hint' },
  'an internal error': { preset: 'server_error' },
  'a request to slow down': { preset: 'slow_down' },
  'an HTML error page': { preset: 'html_error_page' },
  'an HTML page that looks like success': { kind: 'status', status: 200, rawBody: page, contentType: 'text/html' },
  'a truncated answer': { kind: 'truncate' },
  'malformed JSON': { preset: 'malformed_json' },
  'a connection reset before the answer': { kind: 'drop-before' },
  'HTTP 202 and an empty object': { kind: 'status', status: 202, body: {} },
  'HTTP 418': { kind: 'status', status: 418, body: { error: { message: 'I am a teapot' } } },
  'HTTP 599': { kind: 'status', status: 599, rawBody: '' },
};

const world = await openWorld({ limits: inParts });

const undisturbed = await (async () => {
  const one = async (course: Course) => {
    const outcome = await outcomeOf(world, await courses[course](world, course));
    return { outcome, calls: callsOf(world, course) };
  };
  return { succeeds: await one('succeeds'), cancelled: await one('cancelled') };
})().catch(async (error: unknown) => {
  await world.close();
  throw error;
});

/** Of each activity the call that changes something; all of them when all is to be tried. */
function callsToStrike(course: Course): Call[] {
  const all = undisturbed[course].calls.filter(
    ({ activity }) => course === 'succeeds' || /^(stopJobs|removeFiles)$/.test(activity),
  );
  return everyCall ? all : all.filter((call) => call === decisive(all.filter(sameActivity(call))));
}

const sameActivity = (one: Call) => (other: Call) => other.activityId === one.activityId;
const decisive = (calls: Call[]) => calls.findLast(({ method }) => method !== 'GET') ?? calls[0];

const cases = Object.entries(faults).flatMap(([fault, effect]) =>
  (['succeeds', 'cancelled'] as const).map((course) => {
    const run = `${course}-${fault.replaceAll(/\W+/g, '-').toLowerCase()}`;
    const rules = callsToStrike(course).map((call) => ({
      ...effect,
      ...requestsOf(run, call),
      id: `${run} ${call.activity} ${call.activityId} ${call.method} ${call.path}`,
    }));
    return { fault, course, run, rules };
  }),
);

beforeAll(async () => {
  for (const { rules } of cases) for (const rule of rules) await world.addFault(rule);
  await beginAll(world, cases);
});
afterAll(async () => await world.close());

test('undisturbed, a run pays one job and leaves its two files, and a cancelled one leaves nothing', () => {
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed.succeeds.outcome).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
  expect(undisturbed.cancelled.outcome).toEqual({ jobs: 1, paid: 0, files: 0, error: 'run_cancelled' });
});

describe.each(['succeeds', 'cancelled'] as const)('every call of a run that %s is answered once by', (course) => {
  test.each(cases.filter((one) => one.course === course))('$fault', async ({ run, rules }) => {
    expect(await outcomeOf(world, world.client.get(run))).toEqual(undisturbed[course].outcome);
    const ids = rules.map(({ id }) => id);
    const left = (await world.faults()).filter(({ id, struck }) => ids.includes(id) && struck !== 1);
    expect(left).toEqual([]);
  });
});
