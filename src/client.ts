import type { Client } from '@temporalio/client';
import { type Account, listAccounts } from './client/accounts.ts';
import { type AdoptionHandle, startAdoption } from './client/adopt.ts';
import { connect } from './client/connect.ts';
import { temporalEnvironment } from './client/environment.ts';
import { type EvaluationHandle, evaluationHandle, startEvaluation } from './client/evaluate.ts';
import { namedAs } from './client/failures.ts';
import { type Found, find } from './client/find.ts';
import { type RunHandle, runHandle } from './client/handle.ts';
import { keepDeployment } from './client/hosting.ts';
import { type ListOptions, listRuns } from './client/list.ts';
import { planMigration, type StartedMigration, startMigration } from './client/migrate.ts';
import type { MigrationHandle } from './client/migration.ts';
import { listMigrations } from './client/migrations.ts';
import { newRunName } from './client/names.ts';
import { type Schedules, schedules } from './client/schedules.ts';
import { workflowStart } from './client/start.ts';
import type { AdoptionRequest } from './contract/adoption.ts';
import { type EvaluateRequestInput, parseRunConfig, type RunConfigInput } from './contract/config.ts';
import { TunewrightError } from './contract/errors.ts';
import type { VersionDeployment } from './contract/hosting.ts';
import { defaultTaskQueue } from './contract/messages.ts';
import type { MigrationPlan, MigrationRequest } from './contract/migration.ts';
import type { FineTuneInput, RunProgress } from './contract/run.ts';
import { defaultAddress, type TemporalAddress } from './contract/temporal-address.ts';

export interface ClientOptions extends Partial<TemporalAddress> {
  taskQueue?: string;
  /** Address of the Temporal Web UI: runs are then linked to it. */
  uiUrl?: string | undefined;
}

/** For backend services: starts runs, looks at them, steers them. */
export interface TunewrightClient {
  /** Starts a run and answers as soon as Temporal has it. Throws `invalid_config`, `run_exists`, `temporal_unreachable`. */
  start(config: RunConfigInput, options?: { name?: string }): Promise<RunHandle>;
  /** The run of that name; nothing is asked yet. */
  get(name: string): RunHandle;
  /** The run or migration of that name. Throws `run_not_found`, `temporal_unreachable`. */
  find(name: string): Promise<Found>;
  /** Runs, newest first. */
  list(options?: ListOptions): AsyncGenerator<RunProgress, void, void>;
  /** Of connections with a limit of jobs or a month's budget; a worker has to be up. */
  accounts(): AsyncGenerator<Account, void, void>;
  /** Registers the models that accounts hold and packs what can be had of them; joins one that is under way. */
  adopt(request: AdoptionRequest): Promise<AdoptionHandle>;
  /**
   * What carrying a registered model to another base or platform comes to; nothing is paid. Throws `invalid_config`,
   * `model_unknown`, `no_champion`, `temporal_unreachable`.
   */
  planMigration(request: MigrationRequest): Promise<MigrationPlan>;
  /**
   * Carries a registered model over, by the plan that was confirmed or one that is made anew; joins a migration of it that is
   * under way. Throws `invalid_config`, `migration_blocked`, `temporal_unreachable`.
   */
  migrate(request: MigrationRequest, plan?: MigrationPlan): Promise<StartedMigration>;
  /** Migrations, newest first; 100 unless told otherwise. */
  migrations(limit?: number): AsyncGenerator<MigrationHandle, void, void>;
  /** Has the deployment of a version made and kept, once it was written down in the records. Throws `temporal_unreachable`. */
  keepDeployment(deployment: Pick<VersionDeployment, 'id' | 'name'>): Promise<void>;
  /**
   * Asks models the same examples without a run, and compares each with the first. Throws `invalid_config`,
   * `temporal_unreachable`.
   */
  evaluate(request: EvaluateRequestInput): Promise<EvaluationHandle>;
  /** An evaluation without a run that was started earlier, by its name; nothing is asked yet. */
  evaluation(name: string): EvaluationHandle;
  readonly schedules: Schedules;
  close(): Promise<void>;
}

const nameTries = 5;

/**
 * Connects to Temporal. What is not given is read from Temporal's own variables and profile file; failing that it is a
 * local server and its namespace `default`. Throws `temporal_unreachable`, `forbidden`, `invalid_config`.
 */
export async function createClient(options: ClientOptions = {}): Promise<TunewrightClient> {
  const environment = temporalEnvironment(process.env);
  const { taskQueue = defaultTaskQueue, uiUrl } = options;
  const namespace = options.namespace ?? environment.namespace ?? 'default';
  const client = await connect({
    address: options.address ?? environment.address ?? defaultAddress,
    namespace,
    apiKey: options.apiKey ?? environment.apiKey,
    tls: options.tls ?? environment.tls,
  });
  return clientOver(client, { taskQueue, namespace, uiUrl });
}

/** The same over a connection that there is already; closing it closes that. */
export function clientOver(
  client: Client,
  { taskQueue, namespace, uiUrl }: { taskQueue: string; namespace: string; uiUrl?: string | undefined },
): TunewrightClient {
  const url = (name: string): string | undefined =>
    uiUrl && `${uiUrl.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(name)}`;
  const get = (name: string): RunHandle => runHandle(name, { client, url, startLinked: startInput });

  async function startNamed(input: FineTuneInput, name: string): Promise<RunHandle> {
    // As of a variable of a script that is not set.
    if (name.trim() === '') {
      throw new TunewrightError('invalid_config', 'The name of the run is empty.', {
        advice: 'Give it one, or leave it out: one is chosen then.',
      });
    }
    await namedAs(name, () => client.workflow.start(...workflowStart(name, taskQueue, input)));
    return get(name);
  }

  /** Short names are taken now and then: another one is tried. */
  async function startInput(input: FineTuneInput): Promise<RunHandle> {
    for (let left = nameTries; ; left--) {
      try {
        return await startNamed(input, newRunName(input.config));
      } catch (error) {
        const taken = error instanceof TunewrightError && error.code === 'run_exists';
        if (!taken || left === 1) throw error;
      }
    }
  }

  return {
    get,
    async start(config, { name } = {}) {
      const input: FineTuneInput = { config: parseRunConfig(config), attempt: 1 };
      return name === undefined ? await startInput(input) : await startNamed(input, name);
    },
    find: async (name) => await find(name, { client, url, get }),
    list: (listOptions) => listRuns(client, listOptions),
    accounts: () => listAccounts(client, taskQueue),
    adopt: async (request) => await startAdoption(client, taskQueue, request, url),
    evaluate: async (request) => await startEvaluation(client, taskQueue, request, url),
    evaluation: (name) => evaluationHandle(client, name, url),
    planMigration: async (request) => await planMigration(client, taskQueue, request),
    migrate: async (request, plan) => await startMigration({ client, taskQueue, url, get }, request, plan),
    migrations: (limit) => listMigrations({ client, url, get }, limit),
    keepDeployment: async (deployment) => await keepDeployment(client, taskQueue, deployment),
    schedules: schedules(client, taskQueue),
    close: async () => await client.connection.close(),
  };
}

export type { Account } from './client/accounts.ts';
export type { AdoptionHandle } from './client/adopt.ts';
export type { EvaluationHandle } from './client/evaluate.ts';
export type { Found } from './client/find.ts';
export type { RunHandle } from './client/handle.ts';
export type { ListOptions } from './client/list.ts';
export type { StartedMigration } from './client/migrate.ts';
export type { MigrationHandle, MigrationState } from './client/migration.ts';
export type { ScheduleSpec, ScheduleSummary, Schedules } from './client/schedules.ts';
