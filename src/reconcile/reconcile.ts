import type { Client } from '@temporalio/client';
import { TunewrightError } from '../contract/errors.ts';
import { runKeyPrefix } from '../contract/run-key.ts';
import type { JobState, TrainingPlatform } from '../platforms/platform.ts';
import type { Platforms } from '../platforms/registry.ts';
import { attemptState, type Chain, findChain } from './chain.ts';
import { type Finding, noKey, type Problem, problem, type Reconciliation } from './finding.ts';
import { type Thing, thingsOf, verdictOf } from './things.ts';

export interface ReconcileOptions {
  client: Client;
  platforms: Platforms;
  /** Only these; all whose key is set when absent. */
  connections?: readonly string[] | undefined;
  /** Removes leftovers: deletes their deployments, stops their batches and jobs, deletes their files. */
  apply: boolean;
  /** Nothing younger is removed: a create under way has no run to show yet. */
  olderThanMs: number;
  /** Milliseconds since the epoch. */
  now: number;
}

const hourMs = 3_600_000;
const ended: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

/**
 * Sets what platforms hold against what runs own. A platform's failure is one of the problems and the rest goes on;
 * throws what Temporal fails with, and `missing_key` when there was no connection to look at.
 */
export async function reconcile(options: ReconcileOptions): Promise<Reconciliation> {
  const { platforms, connections } = options;
  const result: Reconciliation = { connections: [], findings: [], problems: [] };
  for (const connection of connections ?? platforms.names) {
    let platform: TrainingPlatform;
    let held: Thing[];
    try {
      platform = platforms.get(connection);
      result.connections.push(connection);
      const deployments = await platform.deployments?.find(runKeyPrefix);
      const holdings = await platform.listHoldings(runKeyPrefix);
      const batches = await platform.batches?.find({ keyPrefix: runKeyPrefix, since: 0 });
      held = thingsOf(holdings, deployments ?? [], batches ?? []);
    } catch (error) {
      const notSetUp = error instanceof TunewrightError && error.code === 'missing_key';
      if (!(notSetUp && connections === undefined)) result.problems.push(problem(error, connection));
      continue;
    }
    // Chain by chain, each removed as it is judged: a run has no time to change in between.
    for (const [firstRunId, things] of Map.groupBy(held, (thing) => thing.firstExecutionRunId)) {
      const chain = await findChain(options.client, firstRunId, runNames(things));
      for (const thing of things) {
        const finding = judged(connection, platform, thing, chain, options);
        result.findings.push(finding);
        if (options.apply && finding.verdict === 'leftover') await remove(platform, finding, result.problems);
      }
    }
  }
  if (result.connections.length > 0 || result.problems.length > 0) return result;
  throw noKey();
}

function judged(
  connection: string,
  platform: TrainingPlatform,
  thing: Thing,
  chain: Chain | undefined,
  { olderThanMs, now }: ReconcileOptions,
): Finding {
  const { kind, id, key, platformStatus, runName, createdAt } = thing;
  const state = attemptState(chain, thing.attempt, thing.jobId);
  const verdict = verdictOf(thing, state, now - createdAt >= olderThanMs);
  const hourlyUsd = thing.model === undefined ? undefined : platform.deployments?.hourlyUsd(thing.model);
  return {
    connection,
    kind,
    id,
    key,
    run: chain?.name ?? runName,
    state,
    platformStatus,
    createdAt: new Date(createdAt).toISOString(),
    cost: hourlyUsd === undefined ? undefined : { hourlyUsd, soFarUsd: (hourlyUsd * (now - createdAt)) / hourMs },
    verdict,
    command: kind === 'model' && verdict === 'kept' ? platform.deleteModelCommand(id) : undefined,
  };
}

/** Removes a leftover and writes down what came of it. */
async function remove(platform: TrainingPlatform, finding: Finding, problems: Problem[]): Promise<void> {
  const { kind, id } = finding;
  try {
    if (kind === 'job') {
      const { state } = await platform.cancelJob(id);
      finding.outcome = ended.includes(state) ? 'removed' : 'stopping';
    } else if (kind === 'batch') {
      const batch = await platform.batches?.cancel(id);
      finding.outcome = batch?.state === 'ended' ? 'removed' : 'stopping';
    } else {
      if (kind === 'deployment') await platform.deployments?.remove(id);
      else await platform.deleteFile(id);
      finding.outcome = 'removed';
    }
  } catch (error) {
    finding.outcome = 'failed';
    problems.push(problem(error, finding.connection, id));
  }
}

function runNames(things: readonly Thing[]): string[] {
  return things.flatMap(({ runName }) => runName ?? []);
}
