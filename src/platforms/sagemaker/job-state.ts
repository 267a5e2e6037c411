import type { DescribeTrainingJobCommandOutput, SecondaryStatus } from '@aws-sdk/client-sagemaker';
import type { JobState } from '../platform.ts';

const trains = new Set<SecondaryStatus>(['Training', 'Uploading', 'Stopping']);
const tookTooLong = new Set<SecondaryStatus>(['MaxRuntimeExceeded', 'MaxWaitTimeExceeded']);

export function stateOf({ TrainingJobStatus, SecondaryStatus }: DescribeTrainingJobCommandOutput): JobState {
  switch (TrainingJobStatus) {
    case 'InProgress':
    case 'Stopping':
      return SecondaryStatus && trains.has(SecondaryStatus) ? 'running' : 'waiting';
    case 'Completed':
      return 'succeeded';
    case 'Failed':
      return 'failed';
    // SageMaker says so also of a job that it has stopped itself.
    case 'Stopped':
      return SecondaryStatus && tookTooLong.has(SecondaryStatus) ? 'failed' : 'cancelled';
    default:
      return 'unknown';
  }
}

/** `AlgorithmError: CODE: MESSAGE, exit code: 1` of a container of ours; otherwise what SageMaker says. */
export function reasonOf({ FailureReason, SecondaryStatus }: DescribeTrainingJobCommandOutput): {
  code: string;
  message: string;
} {
  if (SecondaryStatus === 'MaxRuntimeExceeded') {
    return { code: SecondaryStatus, message: "The training took longer than the connection's maxHours." };
  }
  if (SecondaryStatus === 'MaxWaitTimeExceeded') {
    return { code: SecondaryStatus, message: 'There were no spot instances in time.' };
  }
  const [, kind = 'unknown', text = ''] = /^(\w+): (.*)$/s.exec(FailureReason ?? '') ?? [];
  if (kind !== 'AlgorithmError') return { code: kind, message: FailureReason ?? '' };
  const [, code = kind, message = text] = /^(\w+): (.*)$/s.exec(text) ?? [];
  return { code, message };
}
