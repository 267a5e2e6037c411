import { deploymentName, type VersionDeployment } from '../contract/hosting.ts';
import type { ModelVersion } from '../contract/registry.ts';
import type { Platforms } from '../platforms/registry.ts';
import type { Records } from '../records/index.ts';

export interface HostingContext {
  records: Records;
  platforms: Platforms;
}

/** Whether a version goes into service under a deployment alone: its model is served, and its platform deploys models. */
export async function needsDeployment(
  { records, platforms }: HostingContext,
  { model, connection }: Pick<ModelVersion, 'model' | 'connection'>,
): Promise<boolean> {
  const { serve } = await records.getModel(model);
  return serve !== undefined && platforms.get(connection).deployments !== undefined;
}

/**
 * Writes down that the version is to be deployed, by a name that hangs on nothing else, so that it is made once whoever asks;
 * its keeper makes it. Undefined where it needs none. Throws `not_deployed`, `version_unknown`, `model_unknown`.
 */
export async function begin(
  context: HostingContext,
  { model, version, by }: { model: string; version: number; by: string },
): Promise<VersionDeployment | undefined> {
  const found = await context.records.getVersion(model, version);
  if (!(await needsDeployment(context, found))) return undefined;
  const { connection, modelId } = found;
  const hourlyUsd = context.platforms.get(connection).deployments?.hourlyUsd(modelId);
  const name = deploymentName(model, version);
  const price = hourlyUsd === undefined ? {} : { hourlyUsd };
  return await context.records.beginDeployment({ connection, name, model, version, modelId, by, ...price });
}
