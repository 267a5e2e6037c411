import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { workflowStart } from '../src/client/start.ts';
import type { Settings } from '../src/config.ts';
import { parseRunConfig } from '../src/contract/config.ts';
import { defaultTaskQueue } from '../src/contract/messages.ts';
import { findBinary } from '../src/embedded/binary.ts';
import { timeSkippingServer } from '../src/embedded/pinned.ts';
import { createLogger, installRuntime } from '../src/logger.ts';
import { standInConnection, standInKeyEnv } from '../src/platforms/registry.ts';
import { startSimulator } from '../src/simulator/index.ts';
import { createWorker } from '../src/worker.ts';
import { timeSkipping } from '../test/support/temporal.ts';
import { attemptsOf, type HistoryEvent } from './support/attempts.ts';
import type { Figure } from './support/figure.ts';
import { say } from './support/output.ts';
import { sampleRun, writeParts } from './support/sample.ts';

const shortSeconds = 10;
const longSeconds = 24 * 3600;
const pollSeconds = 30;
const reachEvents = 120;
const workflowBundle = { codePath: fileURLToPath(new URL('../dist/workflows.bundle.js', import.meta.url)) };

interface Counted {
  events: number;
  /** Without those of workflow tasks: two activities that end at the same moment share a task, or need one each. */
  own: number;
  /** At the job, each a call of the activity that waits for it. */
  looks: number;
}

/** Events in the history of a run whose job trains seconds, and of one whose job trains a day that is skipped. */
export async function history(): Promise<Figure[]> {
  process.env.TEMPORAL_TEST_SERVER_PATH = await findBinary(timeSkippingServer, { note: say });
  installRuntime(createLogger('error'));
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-bench-'));
  const environment = await timeSkipping();
  try {
    await writeParts(folder);
    const short = await eventsOfRun(environment, folder, shortSeconds);
    const long = await eventsOfRun(environment, folder, longSeconds);
    const shown = ({ events, own, looks }: Counted) => `${events} (${own} without workflow tasks), ${looks} looks`;
    return [
      {
        what: `history events, the job trains ${shortSeconds} s`,
        measured: shown(short),
        reach: { bound: `<= ${reachEvents}`, kept: short.events <= reachEvents },
      },
      {
        what: `history events, the job trains 24 h (skipped), looked at every ${pollSeconds} s`,
        measured: shown(long),
        reach: {
          bound: `<= ${reachEvents} and equal without tasks`,
          kept: long.events <= reachEvents && long.own === short.own,
        },
      },
    ];
  } finally {
    await environment.teardown();
    await rm(folder, { recursive: true, force: true });
  }
}

async function eventsOfRun(
  environment: TestWorkflowEnvironment,
  folder: string,
  trainingSeconds: number,
): Promise<Counted> {
  const simulator = await startSimulator({
    dataDir: join(folder, `simulator-${trainingSeconds}`),
    trainingSeconds,
    now: () => environment.currentTimeMs(),
  });
  try {
    const worker = await createWorker(settings(folder, simulator.url), environment.nativeConnection, {
      workflowBundle,
    });
    const input = { config: parseRunConfig(sampleRun(pollSeconds)), attempt: 1 };
    const [workflow, options] = workflowStart(`bench-${trainingSeconds}`, defaultTaskQueue, input);
    const kept = await worker.runUntil(async () => {
      const run = await environment.client.workflow.start(workflow, options);
      // Time is skipped only while this client waits for a result.
      await run.result();
      return await run.fetchHistory();
    });
    const events = kept.events ?? [];
    const tasks = events.filter(isOfWorkflowTask).length;
    return { events: events.length, own: events.length - tasks, looks: attemptsOf('waitForJob', kept)[0] ?? 0 };
  } finally {
    await simulator.close();
  }
}

function settings(folder: string, simulatorUrl: string): Settings {
  return {
    env: { [standInKeyEnv]: 'any' },
    home: folder,
    artifacts: join(folder, 'artifacts'),
    records: join(folder, 'records.sqlite'),
    gatewayKeys: [],
    gateway: { models: {}, run: {} },
    dataDirectory: folder,
    dataHosts: [],
    temporal: { address: '', namespace: 'default' },
    taskQueue: defaultTaskQueue,
    connections: { simulator: standInConnection(simulatorUrl) },
    catalogue: undefined,
    logLevel: 'warn',
    stack: undefined,
  };
}

function isOfWorkflowTask(event: HistoryEvent): boolean {
  return Boolean(
    event.workflowTaskScheduledEventAttributes ??
      event.workflowTaskStartedEventAttributes ??
      event.workflowTaskCompletedEventAttributes,
  );
}
