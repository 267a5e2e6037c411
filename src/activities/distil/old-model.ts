import type { AskedModel } from '../../contract/distillation.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { ModelVersion } from '../../contract/registry.ts';
import { usualEncoding } from '../../datasets/index.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import type { Platforms } from '../../platforms/registry.ts';
import { deadByRecord } from '../../records/index.ts';

/** A model that can be asked, by which name and at which prices. */
export interface Askable {
  deployment?: string;
  prices: NonNullable<ModelEntry['prices']>;
  encoding: ModelEntry['encoding'];
}

/** Whether a version still answers and what that costs, or why it cannot be asked, as a sentence. */
export async function askable(
  platforms: Platforms,
  version: ModelVersion,
  signal: AbortSignal,
): Promise<Askable | string> {
  const { connection, modelId, baseModel } = version;
  const dead = deadByRecord(version);
  if (dead !== undefined) return `The old model ${dead}.`;
  try {
    const platform = platforms.get(connection);
    await platform.getModel(modelId, signal);
    const { prices, encoding = usualEncoding } = platform.catalogueEntry(baseModel) ?? {};
    if (!prices) return `The catalogue knows no prices of ${baseModel}, so no budget could be kept.`;
    if (!platform.deployments) return { prices, encoding };
    const deployment = platform.deployments.existing(modelId);
    if (deployment !== undefined) return { prices, encoding, deployment };
    return `It answers only under a deployment, and the connection "${connection}" names none for it.`;
  } catch (error) {
    if (!(error instanceof TunewrightError)) throw error;
    if (error.code === 'model_not_found') return 'The old model does not answer any more.';
    return `The old model cannot be asked: ${error.message}`;
  }
}

export function askedModel(
  { version, connection, modelId, baseModel }: ModelVersion,
  { deployment }: Askable,
): AskedModel {
  return { version, connection, modelId, baseModel, ...(deployment === undefined ? {} : { deployment }) };
}
