import { ActivityCancellationType, type ActivityOptions, scheduleActivity } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** An activity that was begun is always waited for: what it did at the platform has to be known before cleaning up. */
const whole = { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED } as const;

/**
 * A worker that died is noticed so soon, and its work is taken up by another one. Activities beat four times as often:
 * a worker that is kept from four beats in a row is as good as dead, and a repeated attempt does no harm.
 */
const watched = { ...whole, heartbeatTimeout: '10 seconds' } as const;

/** Local work on files: minutes for the largest. */
const local: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '2 hours',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
};

/** One short remote call: tried for a day, so that an outage of the platform is waiting and not failure. */
const call: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
};

/** 8 GB over a slow line take hours; an upload is resumed from its last part. */
const transfer: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '12 hours',
  scheduleToCloseTimeout: '2 days',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
};

/** Creating a job may have to wait for a daily limit or for capacity: a week; an attempt covers the search for a lost one. */
const create: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout: '7 days',
  retry: { initialInterval: '2 seconds', maximumInterval: '1 minute' },
};

/** Asks thousands of questions; a rate limit of hours is slept through on the server, holding no slot. */
const long: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '12 hours',
  scheduleToCloseTimeout: '3 days',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
};

/** Reads what an account holds, a call at a time, under whatever limit it has. */
const reading: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '2 hours',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
};

/** An operator waits for the answer of a pause or resume: a minute, then it is refused. */
const prompt: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '5 seconds' },
};

/** Looks again when it says, and soon after a worker has died; the longest job known took days. */
const polling: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '30 days',
  retry: { initialInterval: '3 seconds', backoffCoefficient: 1 },
};

/** A day's window, and the way to it; an attempt covers an upload and the search for a batch that was lost. */
const batching: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '2 hours',
  scheduleToCloseTimeout: '3 days',
  retry: { initialInterval: '3 seconds', backoffCoefficient: 1 },
};

/** Files cost nothing and must not hold a run open for days: after an hour they are left to `reconcile`. */
const tidying: ActivityOptions = { ...polling, scheduleToCloseTimeout: '1 hour' };

/** Nobody must wait for a record or a message: after an hour the run goes on without. */
const telling: ActivityOptions = { ...call, scheduleToCloseTimeout: '1 hour' };

/** Who has something to tell goes on, whether it is taken or not: a workflow of its own tells it again. */
const once: ActivityOptions = { ...telling, retry: { maximumAttempts: 1 } };

/** Its turn, or its day, comes when it comes; the server asks again when it is told to. */
const queueing: ActivityOptions = { ...polling, scheduleToCloseTimeout: '365 days' };

/** For as long as a deployment stands, which may be years: each look ends within minutes, and nothing ends the looking. */
const keeping: ActivityOptions = {
  ...watched,
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '3 seconds', maximumInterval: '1 minute' },
};

type Name = keyof Activities;

/** The first argument is the line that the Web UI shows beside the activity. */
function activity<N extends Name>(name: N, policy: ActivityOptions) {
  return async (summary: string, ...args: Parameters<Activities[N]>): Promise<Awaited<ReturnType<Activities[N]>>> =>
    await scheduleActivity<Awaited<ReturnType<Activities[N]>>>(name, args, { ...policy, summary });
}

/** The activities of a run, each with its policy. */
export const activities = {
  inspectData: activity('inspectData', transfer),
  splitData: activity('splitData', local),
  estimateCost: activity('estimateCost', call),
  checkAccess: activity('checkAccess', call),
  reserveMoney: activity('reserveMoney', call),
  uploadFile: activity('uploadFile', transfer),
  takeSlot: activity('takeSlot', queueing),
  createJob: activity('createJob', create),
  waitForJob: activity('waitForJob', polling),
  stopEarly: activity('stopEarly', polling),
  pauseJob: activity('pauseJob', prompt),
  resumeJob: activity('resumeJob', prompt),
  warmUp: activity('warmUp', polling),
  deployModel: activity('deployModel', polling),
  findCheckpoints: activity('findCheckpoints', call),
  lastLosses: activity('lastLosses', call),
  planEvaluation: activity('planEvaluation', transfer),
  choosePrompt: activity('choosePrompt', local),
  askByBatch: activity('askByBatch', batching),
  stopBatches: activity('stopBatches', polling),
  evaluateModel: activity('evaluateModel', long),
  compareModels: activity('compareModels', local),
  compareWithFirst: activity('compareWithFirst', local),
  planMigration: activity('planMigration', local),
  distilModel: activity('distilModel', long),
  retireDeadVersion: activity('retireDeadVersion', queueing),
  findChampion: activity('findChampion', call),
  registerVersion: activity('registerVersion', call),
  promoteVersion: activity('promoteVersion', call),
  beginDeployment: activity('beginDeployment', polling),
  awaitDeployment: activity('awaitDeployment', polling),
  keepDeployment: activity('keepDeployment', keeping),
  keepRecord: activity('keepRecord', telling),
  notify: activity('notify', once),
  notifyAgain: activity('notify', telling),
  writeReport: activity('writeReport', long),
  stopJobs: activity('stopJobs', polling),
  removeDeployments: activity('removeDeployments', polling),
  removeFiles: activity('removeFiles', tidying),
  findEnded: activity('findEnded', call),
  checkCatalogues: activity('checkCatalogues', call),
  findExpiring: activity('findExpiring', call),
  findDueMigrations: activity('findDueMigrations', call),
  planAdoption: activity('planAdoption', reading),
  adoptChain: activity('adoptChain', reading),
  askAdopted: activity('askAdopted', long),
  sumUpAdoption: activity('sumUpAdoption', local),
};
