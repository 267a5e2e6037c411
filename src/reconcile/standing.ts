import type { Client } from '@temporalio/client';
import { TunewrightError } from '../contract/errors.ts';
import { type VersionDeployment, versionDeploymentPrefix } from '../contract/hosting.ts';
import { parseRunKey, runKeyPrefix } from '../contract/run-key.ts';
import type { Deployments, HeldDeployment } from '../platforms/platform.ts';
import type { Platforms } from '../platforms/registry.ts';
import { type AttemptState, attemptState, findChain } from './chain.ts';
import { noKey, type Problem, problem } from './finding.ts';

/** A deployment that stands, and costs money while it does. */
export interface Standing {
  connection: string;
  name: string;
  model: string;
  /** A version in service, a run that evaluates, or `configuration`; `unknown`: these records and this Temporal know none. */
  owner: 'version' | 'run' | 'configuration' | 'unknown';
  /** Of a version: whose it is, whether calls go there, and when it is removed by rule otherwise. */
  version?: Pick<VersionDeployment, 'model' | 'version' | 'by' | 'inService' | 'removeAt'> | undefined;
  run?: string | undefined;
  /** How that attempt of the run stands. */
  state?: AttemptState | undefined;
  /** ISO time. */
  since: string;
  /** US dollars, where the price is known: an hour, and since it was created. */
  cost?: { hourlyUsd: number; soFarUsd: number } | undefined;
  /** Nobody asks it any more: its run has ended, or its version is not in service. */
  idle: boolean;
}

export interface Standings {
  /** The connections that deploy and were looked at. */
  connections: string[];
  deployments: Standing[];
  problems: Problem[];
}

export interface StandingOptions {
  client: Client;
  platforms: Platforms;
  /** Only these; all whose key is set when absent. */
  connections?: readonly string[] | undefined;
  /** Those of versions that are written down as standing. */
  recorded: readonly VersionDeployment[];
  /** Milliseconds since the epoch. */
  now: number;
}

const hourMs = 3_600_000;

/**
 * What stands at the connections that deploy. A platform's failure is one of the problems and the rest goes on; throws what
 * Temporal fails with, and `missing_key` when there was no connection to look at.
 */
export async function standing(options: StandingOptions): Promise<Standings> {
  const { platforms, connections } = options;
  const result: Standings = { connections: [], deployments: [], problems: [] };
  let looked = 0;
  for (const connection of connections ?? platforms.names) {
    try {
      const { deployments } = platforms.get(connection);
      looked += 1;
      if (!deployments) continue;
      result.deployments.push(...(await standingAt(connection, deployments, options)));
      result.connections.push(connection);
    } catch (error) {
      const notSetUp = error instanceof TunewrightError && error.code === 'missing_key';
      if (!(notSetUp && connections === undefined)) result.problems.push(problem(error, connection));
    }
  }
  if (looked > 0 || result.problems.length > 0) return result;
  throw noKey();
}

async function standingAt(
  connection: string,
  deployments: Deployments,
  { client, recorded, now }: StandingOptions,
): Promise<Standing[]> {
  const found: Standing[] = [];
  const about = ({ name, model, createdAt }: HeldDeployment, hourlyUsd = deployments.hourlyUsd(model)) => {
    const cost =
      hourlyUsd === undefined ? undefined : { hourlyUsd, soFarUsd: (hourlyUsd * (now - createdAt)) / hourMs };
    return { connection, name, model, since: new Date(createdAt).toISOString(), cost };
  };
  for (const held of await deployments.find(runKeyPrefix)) {
    const made = parseRunKey(held.name);
    if (!made) continue;
    const chain = await findChain(client, made.firstExecutionRunId, []);
    const state = attemptState(chain, made.attempt);
    const known = state !== 'unknown';
    const owner = known ? ('run' as const) : ('unknown' as const);
    found.push({ ...about(held), owner, run: chain?.name, state, idle: known && state !== 'running' });
  }
  for (const held of await deployments.find(versionDeploymentPrefix)) {
    const of = recorded.find((one) => one.connection === connection && one.name === held.name);
    if (!of) {
      found.push({ ...about(held), owner: 'unknown', idle: false });
      continue;
    }
    const { model, version, by, inService, removeAt } = of;
    const known = { model, version, by, inService, removeAt };
    found.push({ ...about(held, of.hourlyUsd), owner: 'version', version: known, idle: !inService });
  }
  for (const name of deployments.configured) {
    const held = (await deployments.find(name)).find((one) => one.name === name);
    if (held) found.push({ ...about(held), owner: 'configuration', idle: false });
  }
  return found;
}

/** The one of that name, which a person wants removed. Throws `not_found` and `refused`. */
export function removable({ deployments }: Standings, name: string): Standing {
  const named = deployments.filter((one) => one.name === name);
  const [one] = named;
  if (!one) {
    throw new TunewrightError('not_found', `No deployment ${name} stands.`, {
      advice: '`tunewright deployments` lists those that do.',
    });
  }
  if (named.length > 1) {
    const where = named.map(({ connection }) => connection).join(', ');
    throw new TunewrightError('refused', `Deployments called ${name} stand at ${where}.`, {
      advice: 'Say which one by --connection.',
    });
  }
  if (one.version?.inService) {
    throw new TunewrightError('refused', `The deployment ${name} is in service.`, {
      advice: 'Promote another version, or `tunewright models serve NAME --off`; then it is removed by rule.',
    });
  }
  if (one.owner !== 'configuration') return one;
  throw new TunewrightError('refused', `The deployment ${name} stands by configuration.`, {
    advice: "Others may ask it: remove it on the platform's own page, and from the connection.",
  });
}
