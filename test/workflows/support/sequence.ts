import fc from 'fast-check';
import { type Call, type Conditions, calls, type PlatformFault } from './platform.ts';

/** What people, webhooks and crashes do to a run. */
export type Command =
  | 'cancel'
  | 'pause'
  | 'resume'
  | 'retrain-stop'
  | 'retrain-keep'
  | 'job-changed'
  /** Of another job, as a forged or late webhook tells. */
  | 'other-job-changed';

/** One thing that happens when the run makes a remote call for the n-th time, from 1. */
export type Happening = { at: Call; nth: number } & ({ fault: PlatformFault } | { command: Command });

/** An activity whose n-th end in this run, from 1, is never told to Temporal, as when its worker is killed right then. */
export interface Crash {
  activity: string;
  nth: number;
}

/** Everything that happens to one run. */
export interface Sequence {
  conditions: Conditions;
  happenings: Happening[];
  crashes: Crash[];
}

const ms = (max: number) => fc.oneof(fc.constant(0), fc.integer({ min: 0, max }));

/** Some outlast the retry that follows a create whose answer was lost: two seconds. */
const lag = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 }), fc.constant(3_000));

const conditions: fc.Arbitrary<Conditions> = fc.record({
  lagMs: lag,
  trainingMs: fc.integer({ min: 0, max: 1_500 }),
  unknownMs: ms(800),
  namelessMs: ms(600),
  silentMs: ms(600),
  stopMs: ms(600),
  deployMs: fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined }),
  vanishes: fc.boolean(),
  fails: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const at = fc.constantFrom(...calls);
const nth = fc.oneof(
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 5 }) },
);

const faultAt: fc.Arbitrary<Happening> = fc.record({
  at,
  nth,
  fault: fc.constantFrom<PlatformFault>('down', 'lost', 'lost', 'refused', 'blind'),
});
const lostCreate: fc.Arbitrary<Happening> = fc.record({
  at: fc.constantFrom<Call>('createJob', 'uploadFile'),
  nth: fc.integer({ min: 1, max: 2 }),
  fault: fc.constant<PlatformFault>('lost'),
});
/** A run that is told to stop just when the answer to a create gets lost has to find what it never heard of. */
const lostWhileTold: fc.Arbitrary<Happening[]> = fc
  .record({
    at: fc.constantFrom<Call>('createJob', 'uploadFile'),
    command: fc.constantFrom<Command>('cancel', 'retrain-stop'),
  })
  .map(({ at, command }) => [
    { at, nth: 1, command },
    { at, nth: 1, fault: 'lost' },
  ]);
/** What stands idle is paid. */
const toldWhileDeployed: fc.Arbitrary<Happening> = fc.record({
  at: fc.constantFrom<Call>('createDeployment', 'deploymentState', 'chat'),
  nth: fc.integer({ min: 1, max: 3 }),
  command: fc.constantFrom<Command>('cancel', 'retrain-stop'),
});
/** Money is in doubt: a job beside the one that was asked for. */
const twinAt: fc.Arbitrary<Happening> = fc.record({
  at: fc.constant<Call>('createJob'),
  nth: fc.constant(1),
  fault: fc.constant<PlatformFault>('twice'),
});
const commandAt: fc.Arbitrary<Happening> = fc.record({
  at,
  nth,
  command: fc.constantFrom<Command>(
    'cancel',
    'pause',
    'resume',
    'retrain-stop',
    'retrain-keep',
    'job-changed',
    'other-job-changed',
  ),
});

const crash: fc.Arbitrary<Crash> = fc.record({
  activity: fc.constantFrom(
    'uploadFile',
    'createJob',
    'waitForJob',
    'pauseJob',
    'deployModel',
    'evaluateModel',
    'removeDeployments',
    'stopJobs',
    'removeFiles',
    'writeReport',
  ),
  nth: fc.integer({ min: 1, max: 3 }),
});

const single = (one: fc.Arbitrary<Happening>) => one.map((happening) => [happening]);

export const sequence: fc.Arbitrary<Sequence> = fc.record({
  conditions,
  happenings: fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: single(commandAt) },
        { weight: 6, arbitrary: single(faultAt) },
        { weight: 2, arbitrary: single(lostCreate) },
        { weight: 1, arbitrary: lostWhileTold },
        { weight: 2, arbitrary: single(toldWhileDeployed) },
        { weight: 1, arbitrary: single(twinAt) },
      ),
      { maxLength: 7 },
    )
    .map((some) => some.flat()),
  crashes: fc.array(crash, { maxLength: 2 }),
});
