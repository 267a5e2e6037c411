import { TunewrightError } from '../../contract/errors.ts';
import type { Aws } from './aws.ts';
import type { Described } from './description.ts';

/** A version of a model package group: what a serverless job has made. */
export interface ModelPackage {
  arn: string;
  /** Its weights are SageMaker's own, and lie nowhere that an account reads. */
  restricted: boolean;
  /** Where its weights lie: adapters, or whole models. */
  uri?: string | undefined;
  /** SageMaker has merged what was tuned into the model. */
  merged: boolean;
}

export interface Packages {
  /** Undefined for a job that has made none, and for one that was deleted. */
  of(job: Described, signal?: AbortSignal): Promise<ModelPackage | undefined>;
  remove(job: Described, signal?: AbortSignal): Promise<void>;
}

export function modelPackages({ call, find }: Aws): Packages {
  return {
    async of({ OutputModelPackageArn: arn }, signal) {
      if (!arn) return undefined;
      const known = await find(
        'Looking at the model package',
        async ({ sagemaker }, options) => await sagemaker.describeModelPackage({ ModelPackageName: arn }, options),
        signal,
      );
      const [container] = known?.InferenceSpecification?.Containers ?? [];
      return (
        known && {
          arn,
          restricted: known.ManagedStorageType === 'Restricted',
          uri: container?.ModelDataSource?.S3DataSource?.S3Uri,
          merged: container?.IsCheckpoint === false,
        }
      );
    },

    async remove({ OutputModelPackageArn: arn }, signal) {
      if (!arn) return;
      try {
        await call(
          'Removing the model package',
          async ({ sagemaker }, options) => await sagemaker.deleteModelPackage({ ModelPackageName: arn }, options),
          { signal },
        );
      } catch (error) {
        if (!(error instanceof TunewrightError && error.status === 404)) throw error;
      }
    },
  };
}
