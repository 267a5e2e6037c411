import type { DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import type { Aws } from './aws.ts';

export type Described = DescribeTrainingJobCommandOutput;

/** What SageMaker says of training jobs. */
export interface Descriptions {
  /** Undefined for a job that is not there. */
  find(id: string, signal?: AbortSignal): Promise<Described | undefined>;
  /** Throws `not_found`. */
  get(id: string, signal?: AbortSignal): Promise<Described>;
}

export function descriptions(aws: Aws): Descriptions {
  const find: Descriptions['find'] = async (id, signal) =>
    await aws.find(
      'Looking at the job',
      async ({ sagemaker }, options) => await sagemaker.describeTrainingJob({ TrainingJobName: id }, options),
      signal,
    );
  return {
    find,
    async get(id, signal) {
      const job = await find(id, signal);
      if (job) return job;
      throw new TunewrightError('not_found', `There is no training job ${id}.`, {
        advice: "Look for it in the region's SageMaker console.",
        status: 404,
      });
    },
  };
}

/** SageMaker's own customization, not a container of ours. */
export function isServerless({ ServerlessJobConfig }: Described): boolean {
  return ServerlessJobConfig !== undefined;
}
