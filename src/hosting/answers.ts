import type { VersionDeployment } from '../contract/hosting.ts';
import { notDeployed } from '../records/index.ts';
import { type HostingContext, needsDeployment } from './begin.ts';

/**
 * Whether a deployment that was begun answers: its keeper has seen it do so, and it does now. Throws `not_deployed` when it was
 * given up, and what its platform fails with.
 */
export async function answers({ records, platforms }: HostingContext, id: string): Promise<boolean> {
  const found = await records.getDeployment(id);
  if (found === undefined) return false;
  const { model, version, reason, endedAt, readyAt, connection, name } = found;
  if (endedAt !== undefined) throw notDeployed(model, version, `has lost its deployment (${reason})`);
  return readyAt !== undefined && (await platforms.get(connection).deployments?.state(name)) === 'ready';
}

/** For who cannot wait until one is brought up: refuses a version that would answer nobody. Throws `not_deployed`. */
export async function assertAnswers(context: HostingContext, model: string, version: number): Promise<void> {
  const found = await context.records.getVersion(model, version);
  if (!(await needsDeployment(context, found))) return;
  const standing = (await context.records.listDeployments({ model, standing: true })).find(isOf);
  if (!standing || !(await answers(context, standing.id))) throw notDeployed(model, version);

  function isOf(one: VersionDeployment): boolean {
    return one.version === version;
  }
}
