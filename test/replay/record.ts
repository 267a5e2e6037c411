/**
 * Records a history of every path of the workflow, to be replayed by later versions:
 * `node test/replay/record.ts VERSION [PATH...]`, once before a release.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { connect } from '../../src/client/connect.ts';
import type { RunHandle } from '../../src/client.ts';
import { accountName } from '../../src/contract/account.ts';
import { catalogueCheckType, jobChangedSignal } from '../../src/contract/messages.ts';
import { migrationRoundType, retirementType } from '../../src/contract/migration.ts';
import { type Account, day, filledAccount } from '../adopt/account.ts';
import { azureStandIn } from '../platforms/azure/support.ts';
import setUp from '../support/global-setup.ts';
import tearDown from '../support/global-teardown.ts';
import { overfitting, writeOverfitting } from '../support/overfitting.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';
import { training, until } from '../support/watching.ts';

type Path = (at: Pipeline) => Promise<RunHandle>;

/** A run whose job trains for a while. */
async function started(at: Pipeline, trainingSeconds: number): Promise<RunHandle> {
  at.simulator.set({ trainingSeconds });
  const run = await at.client.start(at.config());
  await until(run, 'train', training);
  return run;
}

const limited: Parameters<typeof pipeline>[2] = (connection) => ({
  ...connection,
  catalogue: { ...connection.catalogue, limits: { jobsAtOnce: 1 } },
  monthlyBudgetUsd: 5,
});

/** Answers under deployments alone. */
const deploying: Parameters<typeof pipeline>[2] = ({ baseURL }) =>
  azureStandIn(baseURL, { timeoutSeconds: 5, deployment: { hourlyUsd: 1 } });

/** With another base model to which one can be carried. */
const otherBase = 'gpt-4.1-nano-2025-04-14';
const twoBases: Parameters<typeof pipeline>[2] = (connection) => {
  const { catalogue } = connection;
  const [mini] = catalogue.models;
  return { ...connection, catalogue: { ...catalogue, models: [...catalogue.models, { ...mini, id: otherBase }] } };
};

const connections: Record<string, Parameters<typeof pipeline>[2]> = {
  migration: twoBases,
  'migration-cancelled': twoBases,
  'migration-round': twoBases,
  queued: limited,
  account: limited,
  deployed: deploying,
  'deployed-too-long': deploying,
};

const paths: Record<string, Path> = {
  succeeded: async (at) => await at.client.start(at.config()),
  'without-validation': async (at) => await at.client.start(at.config({ split: { validation: 0 } })),
  refused: async (at) => await at.client.start(at.config({ budgetUsd: 0.000_001 })),
  'training-refused': async (at) => {
    at.simulator.faults.add({ preset: 'training_not_available' });
    return await at.client.start(at.config());
  },
  'job-failed': async (at) => {
    at.simulator.faults.add({ preset: 'job_fails' });
    return await at.client.start(at.config());
  },
  cancelled: async (at) => {
    const run = await started(at, 60);
    await run.cancel('recorded');
    return run;
  },
  retrained: async (at) => {
    const run = await started(at, 60);
    await run.retrain({});
    at.simulator.set({ trainingSeconds: 0 });
    return run;
  },
  'retrained-kept': async (at) => {
    const run = await started(at, 2);
    await run.retrain({ currentJob: 'keep' });
    return run;
  },
  'paused-training': async (at) => {
    const run = await started(at, 3);
    await run.pause();
    await run.resume();
    return run;
  },
  'paused-between': async (at) => {
    at.simulator.set({ fileProcessingMs: 1_000 });
    const run = await at.client.start(at.config());
    await until(run, 'upload');
    await run.pause();
    await run.resume();
    return run;
  },
  parked: async (at) => {
    at.simulator.faults.add({ method: 'POST', path: '/v1/fine_tuning/jobs', kind: 'duplicate' });
    const run = await at.client.start(at.config());
    const { question } = await until(run, 'train', ({ status }) => status === 'parked');
    await run.decide(question?.choices[0]?.name ?? '');
    return run;
  },
  deployed: async (at) => await at.client.start(at.config()),
  'deployed-too-long': async (at) => {
    at.simulator.faults.add({ kind: 'delay', ms: 60_000, times: -1, path: '/v1/chat/completions' });
    const run = await at.client.start(at.config({ evaluation: { deploymentHours: 15 / 3600 } }));
    await until(run, 'warmup', ({ status }) => status === 'parked');
    at.simulator.faults.clear();
    await run.decide('again');
    return run;
  },
  // Compared with the base, prompted too; a person approves, and a second run has the first one's model as champion.
  promoted: async (at) => {
    const gate = { minimumExamples: 5, approval: 'person' } as const;
    const evaluation = { prompted: { examples: 4 } };
    const run = await at.client.start(at.config({ register: 'recorded', gate, evaluation }));
    await until(run, 'promote', ({ status }) => status === 'parked');
    await run.decide('promote', { by: 'recorder' });
    return run;
  },
  'kept-champion': async (at) => {
    const changes = { register: 'recorded', gate: { minimumExamples: 5 } };
    await (await at.client.start(at.config(changes))).result();
    return await at.client.start(at.config(changes));
  },
  'stopped-early': async (at) => {
    at.simulator.set({ trainingSeconds: 6 });
    await writeOverfitting(at.folder);
    return await at.client.start(at.config(overfitting));
  },
  // Of the connection with one slot and a month's budget.
  queued: async (at) => {
    const first = await started(at, 10);
    const run = await at.client.start(at.config());
    await Promise.all([first.result(), until(run, 'train', ({ live }) => live?.queue !== undefined)]);
    return run;
  },
  woken: async (at) => {
    const run = await started(at, 2);
    const { job } = await run.progress();
    const temporal = await connect(at.settings.temporal);
    const event = { eventId: 'evt_1', jobId: job?.id ?? '', type: 'fine_tuning.job.succeeded' };
    await temporal.workflow.getHandle(run.name).signal(jobChangedSignal, event);
    await temporal.connection.close();
    return run;
  },
};

/** Workflows beside the runs; each answers the id of the one to be saved. */
const others: Record<string, (at: Pipeline) => Promise<string>> = {
  account: async (at) => {
    await (await paths.queued?.(at))?.result();
    return accountName(at.settings.taskQueue, 'simulator');
  },
  adoption: async ({ client, simulator }) => {
    await filledAccount(simulator);
    const adoption = await client.adopt({ connection: 'simulator', budgetUsd: 5, dryRun: false, by: 'recorder' });
    await adoption.result();
    return adoption.name;
  },
  evaluation: async (at) => {
    const run = await at.client.start(at.config());
    await run.result();
    const temporal = await connect(at.settings.temporal);
    const { events } = await temporal.workflow.getHandle(run.name).fetchHistory();
    await temporal.connection.close();
    const begun = events?.find((event) => event.childWorkflowExecutionStartedEventAttributes);
    return begun?.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.workflowId ?? '';
  },
  'evaluation-without-run': async ({ client }) => {
    const models = ['simulator/stand-in-mini'];
    const evaluation = await client.evaluate({ models, data: 'data.jsonl', budgetUsd: 1 });
    await evaluation.result();
    return evaluation.name;
  },
  // The old model answers first what the new one learns, and is kept as fallback.
  migration: async (at) => {
    await adopted(at);
    const migration = await at.client.migrate({ ...carried, model: 'support-desk', distil: {} });
    await migration.result();
    return migration.name;
  },
  'migration-cancelled': async (at) => {
    await adopted(at);
    at.simulator.set({ trainingSeconds: 60 });
    const migration = await at.client.migrate({ ...carried, model: 'support-desk' });
    await until(await migration.run(), 'train', training);
    await migration.cancel('recorded');
    await migration.result().catch(() => undefined);
    return migration.name;
  },
  'migration-round': async (at) => {
    await adopted(at);
    return await executed(at, migrationRoundType, {
      taskQueue: at.settings.taskQueue,
      request: carried,
      ...{ withinDays: 60, warnWithinDays: 90, graceHours: 1 },
    });
  },
  retirement: async (at) => {
    const { client, models } = await adopted(at);
    await client.models.delete(models.first);
    const version = { model: 'support-desk', version: 1, shutdownDate: '2026-11-01', by: 'recorder' };
    return await executed(at, retirementType, version);
  },
  'catalogue-check': async (at) => await executed(at, catalogueCheckType),
};

const gate = { minimumExamples: 5 };
const carried = { connection: 'simulator', baseModel: otherBase, margin: 0.5, changes: { pollSeconds: 0.1, gate } };

/** An account whose models die in 30 days, registered. */
async function adopted({ client, simulator }: Pipeline): Promise<Account> {
  simulator.setModels({ 'stand-in-mini': { shutdownDate: day(30) }, [otherBase]: { shutdownDate: null } });
  const account = await filledAccount(simulator);
  await (await client.adopt({ connection: 'simulator', budgetUsd: 0, dryRun: false, by: 'recorder' })).result();
  return account;
}

/** Runs a workflow to its end and answers its id. */
async function executed({ settings }: Pipeline, type: string, ...args: unknown[]): Promise<string> {
  const temporal = await connect(settings.temporal);
  const workflowId = unique(type);
  await temporal.workflow.execute(type, { workflowId, taskQueue: settings.taskQueue, args });
  await temporal.connection.close();
  return workflowId;
}

async function saveHistory(temporal: Client, id: string, runId: string | undefined, file: string): Promise<void> {
  const history = await temporal.workflow.getHandle(id, runId).fetchHistory();
  const compact = JSON.stringify(JSON.parse(historyToJSON(history))).replaceAll(hostname(), 'worker-host');
  await writeFile(file, `${compact}\n`);
}

/** The histories of a run and, where it was continued, of what it continued. */
async function save(at: Pipeline, run: RunHandle, file: string): Promise<void> {
  await run.result().catch(() => undefined);
  const { runId, parent } = await run.progress();
  const temporal = await connect(at.settings.temporal);
  const ids = parent?.name === run.name && parent.runId ? [parent.runId, runId] : [runId];
  for (const [i, id] of ids.entries()) {
    await saveHistory(temporal, run.name, id, `${file}${i === 0 ? '' : `-${i + 1}`}.json`);
  }
  await temporal.connection.close();
}

const [, , version = 'next', ...wanted] = process.argv;
const folder = fileURLToPath(new URL(`./histories/${version}/`, import.meta.url));
await mkdir(folder, { recursive: true });
await setUp();
try {
  for (const name of [...Object.keys(paths), ...Object.keys(others)]) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const at = await pipeline({}, undefined, connections[name]);
    const path = paths[name];
    const other = others[name];
    if (path) await save(at, await path(at), `${folder}${name}`);
    if (other) {
      const temporal = await connect(at.settings.temporal);
      await saveHistory(temporal, await other(at), undefined, `${folder}${name}.json`);
      await temporal.connection.close();
    }
    await at.close();
    process.stdout.write(`${name}\n`);
  }
} finally {
  await tearDown();
}
