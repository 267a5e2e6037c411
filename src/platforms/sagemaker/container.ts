import type { ContainerDefinition } from '@aws-sdk/client-sagemaker';
import type { SageMakerSettings } from './settings.ts';
import type { Source } from './sources.ts';

/** Where SageMaker puts a model in its container. */
const modelFolder = '/opt/ml/model';

/** What is served: where it lies, or the name under which the container takes it from the hub. */
export function containerOf({ serving }: SageMakerSettings, model: string, source: Source): ContainerDefinition {
  const brought = Object.keys(source.model).length > 0;
  const told = Object.entries(serving.environment).map(([name, value]) => [
    name,
    value.replaceAll('{model}', brought ? modelFolder : model),
  ]);
  return {
    Image: serving.image,
    Environment: Object.fromEntries(told) as Record<string, string>,
    ...source.model,
  };
}
