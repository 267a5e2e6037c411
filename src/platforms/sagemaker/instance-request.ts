import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import type { JobSpec } from '../platform.ts';
import { settled } from '../trainer/tuning.ts';
import { locationOf } from './location.ts';
import { channel, hourSeconds, mostHyperparameters, tagsOf, valueCharacters } from './request-parts.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';
import type { Instances } from './training-settings.ts';

const retries = 3;
/** In CloudWatch, and on the job's page there, under these names. */
const metrics = ['trainLoss', 'trainAccuracy', 'validLoss', 'validAccuracy', 'trainReward', 'validReward'];

/** A job of a container on instances, which reads the hyperparameters: tunewright_trainer/sagemaker.py. */
export function requestOf(
  settings: SageMakerSettings,
  training: Instances,
  storage: Storage,
  spec: JobSpec,
): CreateTrainingJobCommandInput {
  const { roleArn } = settings;
  const { tuning, ...run } = settled(spec, training.tuning);
  const seconds = Math.ceil(training.maxHours * hourSeconds);
  const model = locationOf(settings, storage, spec.model);
  return {
    ...training.jobFields,
    TrainingJobName: spec.key,
    RoleArn: roleArn,
    AlgorithmSpecification: {
      TrainingImage: training.image,
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['python', '-m', 'tunewright_trainer.sagemaker'],
      MetricDefinitions: metrics.map((name) => ({ Name: name, Regex: `\\b${name}=([0-9.eE+-]+)` })),
    },
    HyperParameters: hyperparameters({
      model: spec.model,
      trainingFile: spec.trainingFileId,
      runName: spec.runName.slice(0, valueCharacters / 2),
      ...run,
      ...tuning,
    }),
    InputDataConfig: [
      channel('training', storage.uri('files', spec.trainingFileId)),
      ...(spec.validationFileId ? [channel('validation', storage.uri('files', spec.validationFileId))] : []),
      ...(model ? [channel('model', model)] : []),
    ],
    OutputDataConfig: { S3OutputPath: storage.uri('jobs') },
    // What the container keeps there is in S3 soon after, and there again on the next instance.
    CheckpointConfig: { S3Uri: storage.uri('checkpoints', spec.key) },
    ResourceConfig: {
      InstanceType: training.instanceType as never,
      InstanceCount: 1,
      VolumeSizeInGB: training.volumeGb,
    },
    EnableManagedSpotTraining: training.spot,
    StoppingCondition: {
      MaxRuntimeInSeconds: seconds,
      ...(training.spot ? { MaxWaitTimeInSeconds: 2 * seconds } : {}),
    },
    // SageMaker's own failures; all attempts together have `maxHours`.
    RetryStrategy: { MaximumRetryAttempts: retries },
    Environment: training.environment,
    Tags: tagsOf(spec),
  };
}

/** What is too long for one, as a grader may be, is cut into `name.0`, `name.1` and so on. Throws `invalid_config` for too many. */
function hyperparameters(values: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const parts = JSON.stringify(value).match(new RegExp(`.{1,${valueCharacters}}`, 'gsu')) ?? [];
    return parts.map((part, at): [string, string] => [parts.length === 1 ? name : `${name}.${at}`, part]);
  });
  if (texts.length <= mostHyperparameters) return Object.fromEntries(texts);
  throw new TunewrightError('invalid_config', 'The reward is longer than the hyperparameters of a job may be.', {
    advice: `SageMaker takes ${mostHyperparameters} of ${valueCharacters} characters: shorten the grader.`,
  });
}
