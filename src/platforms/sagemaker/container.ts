import type { ContainerDefinition, ModelDataSource } from '@aws-sdk/client-sagemaker';
import { locationOf } from './location.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';

/** Where SageMaker puts a model in its container. */
const modelFolder = '/opt/ml/model';

/** What is served: where it lies, or the name under which the container takes it from the hub. */
export function containerOf(settings: SageMakerSettings, storage: Storage, model: string): ContainerDefinition {
  const { serving } = settings;
  const uri = locationOf(settings, storage, model);
  const source = uri && (uri.endsWith('/') ? s3Source(uri, 'S3Prefix', 'None') : s3Source(uri, 'S3Object', 'Gzip'));
  const told = Object.entries(serving.environment).map(([name, value]) => [
    name,
    value.replaceAll('{model}', source ? modelFolder : model),
  ]);
  return {
    Image: serving.image,
    Environment: Object.fromEntries(told) as Record<string, string>,
    ...(source ? { ModelDataSource: source } : {}),
  };
}

function s3Source(
  S3Uri: string,
  S3DataType: 'S3Object' | 'S3Prefix',
  CompressionType: 'Gzip' | 'None',
): ModelDataSource {
  return { S3DataSource: { S3Uri, S3DataType, CompressionType } };
}
