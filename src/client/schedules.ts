import {
  type Client,
  type ScheduleSummary as Listed,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
} from '@temporalio/client';
import { parseRunConfig, type RunConfigInput } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { expiringCheckType } from '../contract/lifetimes.ts';
import { catalogueCheckType, inputMemo, workflowType } from '../contract/messages.ts';
import { type MigrationOrder, type MigrationRoundInput, migrationRoundType } from '../contract/migration.ts';
import { checkMigrationOrder } from '../contract/migration-request.ts';
import type { FineTuneInput } from '../contract/run.ts';
import { runSummary } from '../contract/run-start.ts';
import { runError } from './failures.ts';

export interface ScheduleSpec {
  name: string;
  /** A cron line of five fields, in UTC. */
  cron: string;
  /** The run to start each time; its data paths are resolved when it starts. */
  config: RunConfigInput;
}

export interface ScheduleSummary {
  name: string;
  /** What it starts: runs, checks of the catalogue or of what dies soon, or migrations of that. */
  starts: 'runs' | 'catalogue checks' | 'expiring checks' | 'migrations';
  paused: boolean;
  /** ISO times. */
  nextRuns: string[];
  /** Names of the latest runs. */
  recentRuns: string[];
}

export interface Schedules {
  /** Throws `invalid_config`, `run_exists`. */
  create(spec: ScheduleSpec): Promise<void>;
  /** Sets the catalogue against each platform's own list of models; the workflow fails where they do not agree. */
  createCatalogueCheck(spec: Omit<ScheduleSpec, 'config'>): Promise<void>;
  /** Tells of versions in service that die within so many days; the workflow fails where there are any. */
  createExpiringCheck(spec: Omit<ScheduleSpec, 'config'> & { withinDays: number }): Promise<void>;
  /** Tells of models in service that die soon, and carries over those whose time has come. Throws `invalid_config`. */
  createMigration(spec: Omit<ScheduleSpec, 'config'> & { order: MigrationOrder }): Promise<void>;
  list(): AsyncGenerator<ScheduleSummary, void, void>;
  pause(name: string, note?: string): Promise<void>;
  resume(name: string, note?: string): Promise<void>;
  /** Starts a run now, beside the schedule's own times. */
  trigger(name: string): Promise<void>;
  delete(name: string): Promise<void>;
}

const startsOf: ReadonlyMap<string, ScheduleSummary['starts']> = new Map([
  [workflowType, 'runs'],
  [catalogueCheckType, 'catalogue checks'],
  [expiringCheckType, 'expiring checks'],
  [migrationRoundType, 'migrations'],
]);

/** Schedules on Temporal Schedules: a run is skipped while the one before it still goes on. */
export function schedules(client: Client, taskQueue: string): Schedules {
  const named = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw scheduleError(name, error);
    }
  };
  const handle = (name: string) => client.schedule.getHandle(name);
  type Action = Extract<ScheduleOptions['action'], { type: 'startWorkflow' }>;
  const create = async (name: string, cron: string, action: Omit<Action, 'type' | 'workflowId' | 'taskQueue'>) =>
    await named(name, async () => {
      await client.schedule.create({
        scheduleId: name,
        spec: { cronExpressions: [cron] },
        policies: { overlap: 'SKIP' },
        action: { type: 'startWorkflow', workflowId: name, taskQueue, ...action } as Action,
      });
    });

  return {
    async create({ name, cron, config }) {
      const input: FineTuneInput = { config: parseRunConfig(config), attempt: 1 };
      const memo = { [inputMemo]: input };
      await create(name, cron, { workflowType, args: [input], staticSummary: runSummary(input), memo });
    },

    async createCatalogueCheck({ name, cron }) {
      const staticSummary = 'Set the catalogue against what platforms offer';
      await create(name, cron, { workflowType: catalogueCheckType, args: [], staticSummary });
    },

    async createExpiringCheck({ name, cron, withinDays }) {
      const staticSummary = `Tell what dies within ${withinDays} days`;
      await create(name, cron, { workflowType: expiringCheckType, args: [withinDays], staticSummary });
    },

    async createMigration({ name, cron, order }) {
      const { connection, baseModel } = order.request;
      const input: MigrationRoundInput = { ...checkedOrder(order), taskQueue };
      const staticSummary = `Carry what dies within ${order.withinDays} days over to ${connection}/${baseModel}`;
      await create(name, cron, { workflowType: migrationRoundType, args: [input], staticSummary });
    },

    async *list() {
      try {
        for await (const schedule of client.schedule.list()) {
          const summary = summaryOf(schedule);
          if (summary) yield summary;
        }
      } catch (error) {
        throw runError('', error);
      }
    },

    pause: async (name, note) => await named(name, () => handle(name).pause(note)),
    resume: async (name, note) => await named(name, () => handle(name).unpause(note)),
    trigger: async (name) => await named(name, () => handle(name).trigger()),
    delete: async (name) => await named(name, () => handle(name).delete()),
  };
}

/** Undefined of a schedule that starts nothing of ours. */
function summaryOf({ scheduleId, action, state, info }: Listed): ScheduleSummary | undefined {
  const starts = action?.type === 'startWorkflow' ? startsOf.get(action.workflowType) : undefined;
  if (!starts) return undefined;
  return {
    name: scheduleId,
    starts,
    paused: state.paused,
    nextRuns: info.nextActionTimes.map((time) => time.toISOString()),
    recentRuns: info.recentActions.map(({ action }) => action.workflow.workflowId),
  };
}

/** A person reads and confirms no plan: what is not capped would be paid unseen. */
function checkedOrder(order: MigrationOrder): MigrationOrder {
  checkMigrationOrder(order.request);
  const { distil } = order.request;
  if (!distil || distil.budgetUsd !== undefined) return order;
  throw new TunewrightError('invalid_config', 'A schedule that has old models answer needs a budget for that.', {
    advice: 'Give distil.budgetUsd, on the command line --distil-budget.',
  });
}

function scheduleError(name: string, error: unknown): unknown {
  if (error instanceof ScheduleAlreadyRunning) {
    return new TunewrightError('run_exists', `A schedule named "${name}" exists already.`, {
      advice: 'Delete it first, or choose another name.',
      cause: error,
    });
  }
  if (error instanceof ScheduleNotFoundError) {
    return new TunewrightError('run_not_found', `There is no schedule "${name}".`, {
      advice: '`tunewright schedules list` shows them.',
      cause: error,
    });
  }
  // So the SDK passes on that the server cannot read the times of a schedule: its cron line.
  if (!(error instanceof TypeError)) return runError(name, error);
  return new TunewrightError('invalid_config', `The schedule "${name}" is not valid: ${error.message}`, {
    advice: 'Use a cron line of five fields, such as "0 3 * * 1".',
    cause: error,
  });
}
