import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type ActivityInterceptorsFactory, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { NamedFailures } from '../../../src/activities/failures.ts';
import { createActivities } from '../../../src/activities/index.ts';
import { folderStore } from '../../../src/artifacts/index.ts';
import { createClient, type RunHandle, type TunewrightClient } from '../../../src/client.ts';
import { TunewrightError } from '../../../src/contract/errors.ts';
import { jobChangedSignal } from '../../../src/contract/messages.ts';
import type { RunProgress, RunResult } from '../../../src/contract/run.ts';
import { createLogger, installRuntime } from '../../../src/logger.ts';
import { recordsAt } from '../../../src/records/index.ts';
import { smallDataSet } from '../../support/pipeline.ts';
import { testTemporal, unique } from '../../support/temporal.ts';
import { type Call, type ModelPlatform, modelPlatform, type PlatformFault } from './platform.ts';
import type { Command, Sequence } from './sequence.ts';

/** How a run ended, and what the platform that was its own alone then held. */
export interface Played {
  /** Undefined when it had not ended in time. */
  end: RunResult | TunewrightError | undefined;
  progress: RunProgress;
  platform: ModelPlatform;
}

/** A worker whose runs each meet a platform and happenings of their own. */
export interface Stage {
  /** Lets all of it happen to one run, then mends what waits for a person, until the run has ended. */
  play(sequence: Sequence): Promise<Played>;
  close(): Promise<void>;
}

/** Seconds are enough where nothing else runs: a run that is slow must not count as stuck. */
const longestMs = 600_000;

interface Playing {
  platform: ModelPlatform;
  /** Counts the ends of an activity and tells whether this one is lost. */
  lost(activity: string): boolean;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-rules-'));
  await writeFile(join(folder, 'data.jsonl'), smallDataSet());
  if (!Runtime._instance) installRuntime(createLogger('silent'));
  const taskQueue = unique('rules');
  const address = testTemporal();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const temporal = new Client({ connection });
  const client = await createClient({ address, taskQueue });
  const playing = new Map<string, Playing>();

  const crashing: ActivityInterceptorsFactory = () => ({
    inbound: {
      async execute(input, next) {
        const { activityType, workflowExecution } = activityInfo();
        const result = await next(input);
        // Of an evaluation the run that has begun it.
        const [run = ''] = workflowExecution?.workflowId.split('/') ?? [];
        if (playing.get(run)?.lost(activityType)) {
          throw ApplicationFailure.create({ message: 'its worker died', nextRetryDelay: 100 });
        }
        return result;
      },
    },
  });
  const unnamed = new Map<string, number>();
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: { codePath: process.env.TUNEWRIGHT_TEST_BUNDLE ?? '' },
    activities: createActivities({
      platforms: {
        names: [],
        get: (run) => (playing.get(run) as Playing).platform,
        facts: (run) => (playing.get(run) as Playing).platform,
        monthlyBudgetUsd: () => undefined,
      },
      store: folderStore(join(folder, 'artifacts')),
      records: recordsAt(join(folder, 'records.sqlite')).open,
      dataDirectory: folder,
      dataHosts: [],
      ending: new AbortController().signal,
    }),
    interceptors: { activity: [crashing, () => ({ inbound: new NamedFailures(unnamed) })] },
    // Fewer than run at once: many a workflow task replays its run from the beginning, as after the death of a worker.
    maxCachedWorkflows: 10,
    maxConcurrentActivityTaskExecutions: 200,
    maxHeartbeatThrottleInterval: 100,
    defaultHeartbeatThrottleInterval: 100,
  });
  const running = worker.run();

  return {
    async play(sequence) {
      const name = unique('rules');
      playing.set(name, perform(sequence, name, client, temporal));
      const { platform } = playing.get(name) as Playing;
      const config = { connection: name, model: 'stand-in-mini', data: { train: 'data.jsonl' } };
      const run = await client.start({ ...config, budgetUsd: 5, pollSeconds: 0.1 }, { name });
      const ended = run.result().catch((error: unknown) => {
        if (error instanceof TunewrightError) return error;
        throw error;
      });
      const end = await attend(run, platform, ended);
      return { end, progress: await run.progress(), platform };
    },
    async close() {
      worker.shutdown();
      await running;
      await client.close();
      await connection.close();
      await native.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function perform(sequence: Sequence, name: string, client: TunewrightClient, temporal: Client): Playing {
  const { conditions, happenings, crashes } = sequence;
  const made = new Map<string, number>();
  const count = (what: string): number => {
    made.set(what, (made.get(what) ?? 0) + 1);
    return made.get(what) as number;
  };
  const meet = async (call: Call): Promise<PlatformFault | undefined> => {
    const nth = count(call);
    const now = happenings.filter((happening) => happening.at === call && happening.nth === nth);
    for (const happening of now) {
      if ('command' in happening) await give(happening.command, client.get(name), temporal, count('command'));
    }
    return now.map((happening) => ('fault' in happening ? happening.fault : undefined)).find((fault) => fault);
  };
  return {
    platform: modelPlatform(conditions, meet),
    lost(activity) {
      const nth = count(`end of ${activity}`);
      return crashes.some((crash) => crash.activity === activity && crash.nth === nth);
    },
  };
}

/** The call that is under way goes on once the command was accepted, or refused by name. */
async function give(command: Command, run: RunHandle, temporal: Client, nth: number): Promise<void> {
  try {
    if (command === 'cancel') await run.cancel('A person does not want it.');
    // The run may first want the end of the very activity that makes this call.
    else if (command === 'pause') await soon(run.pause());
    else if (command === 'resume') await soon(run.resume());
    else if (command === 'retrain-stop') await soon(run.retrain({ changes: { seed: nth }, currentJob: 'stop' }));
    else if (command === 'retrain-keep') await soon(run.retrain({ changes: { seed: nth }, currentJob: 'keep' }));
    else {
      const jobId = command === 'job-changed' ? ((await run.progress()).job?.id ?? 'none') : 'another-job';
      const event = { eventId: `event-${nth}`, jobId, type: 'fine_tuning.job.succeeded' };
      await temporal.workflow.getHandle(run.name).signal(jobChangedSignal, event);
    }
  } catch (error) {
    // The name of a refusal, or the run is over.
    if (!(error instanceof Error)) throw error;
  }
}

async function soon(answer: Promise<unknown>): Promise<void> {
  await Promise.race([answer, setTimeout(500)]).finally(() => answer.catch(() => undefined));
}

/** A person who looks now and then: resumes what is paused, answers what is asked after having seen all there is. */
async function attend(
  run: RunHandle,
  platform: ModelPlatform,
  ended: Promise<RunResult | TunewrightError>,
): Promise<Played['end']> {
  const limit = Date.now() + longestMs;
  while (Date.now() < limit) {
    const end = await Promise.race([ended, setTimeout(700, undefined)]);
    if (end) return end;
    const { question, status, job, attempt } = await run.progress();
    const paused = platform.jobs.some((one) => one.id === job?.id && platform.stateOf(one).state === 'paused');
    const help = async () => {
      if (question) {
        const exists = platform.jobs.some(({ spec }) => spec.key.endsWith(`-${attempt}`));
        const offered = question.choices.map((choice) => choice.name);
        const choice = offered.find((name) => name === (exists ? 'look' : 'create')) ?? offered[0];
        await run.decide(choice ?? '');
      } else if (status === 'paused' || paused) await run.resume();
    };
    await help().catch((error: unknown) => {
      // It may have gone on, or ended, in the meantime.
      if (!(error instanceof TunewrightError)) throw error;
    });
  }
  return undefined;
}
