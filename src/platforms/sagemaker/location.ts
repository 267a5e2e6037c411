import { parseModel } from '../trainer/names.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';

/**
 * Where a model lies in S3: an archive of a tuned one, a folder (with a slash at its end) of a checkpoint or of a base model
 * of one's own. Undefined for a model of the hub.
 */
export function locationOf({ models }: SageMakerSettings, storage: Storage, model: string): string | undefined {
  const { job, step } = parseModel(model);
  if (job && step) return `${storage.uri('checkpoints', job, 'checkpoints', `checkpoint-${step}`)}/`;
  if (job) return storage.uri('jobs', job, 'output', 'model.tar.gz');
  return Object.hasOwn(models, model) ? `${models[model]}/` : undefined;
}
