import type { CreateTrainingJobCommandInput, CustomizationTechnique } from '@aws-sdk/client-sagemaker';
import type { Method } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { JobSpec } from '../platform.ts';
import { parseModel, rootOf } from '../trainer/names.ts';
import type { Aws } from './aws.ts';
import { descriptions } from './description.ts';
import { publicHub } from './hub.ts';
import { modelPackages } from './packages.ts';
import { channel, hourSeconds, tagsOf } from './request-parts.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';
import type { Serverless } from './training-settings.ts';

function techniqueOf(method: Method, { reward }: Serverless): CustomizationTechnique {
  if (method === 'reinforcement') return reward && 'judge' in reward ? 'RLAIF' : 'RLVR';
  return method === 'dpo' ? 'DPO' : 'SFT';
}

/**
 * A job by SageMaker's own recipes, as AWS's SDK asks for it: sagemaker-python-sdk, sft_trainer.py and its neighbours. Throws
 * `model_not_found`, `model_not_tunable`, `refused` and `invalid_config` for what cannot be trained so.
 */
export async function serverlessRequest(
  { roleArn }: SageMakerSettings,
  serverless: Serverless,
  aws: Aws,
  storage: Storage,
  spec: JobSpec,
  signal?: AbortSignal,
): Promise<CreateTrainingJobCommandInput> {
  const source = await sourcePackage(aws, spec.model, signal);
  return {
    ...serverless.jobFields,
    TrainingJobName: spec.key,
    RoleArn: roleArn,
    ServerlessJobConfig: {
      BaseModelArn: await baseArn(serverless, aws, spec, signal),
      AcceptEula: serverless.acceptEula,
      JobType: 'FineTuning',
      CustomizationTechnique: techniqueOf(spec.method, serverless),
      ...(spec.method === 'reinforcement' ? evaluatorOf(serverless) : {}),
      ...(serverless.peft === 'lora' ? { Peft: 'LORA' } : {}),
      ...(serverless.sequenceLength ? { SequenceLength: serverless.sequenceLength } : {}),
    },
    ModelPackageConfig: {
      ModelPackageGroupArn: serverless.modelPackageGroupArn,
      ...(source ? { SourceModelPackageArn: source } : {}),
    },
    HyperParameters: hyperparameters(serverless, spec),
    InputDataConfig: [
      channel('train', storage.uri('files', spec.trainingFileId)),
      ...(spec.validationFileId ? [channel('validation', storage.uri('files', spec.validationFileId))] : []),
    ],
    OutputDataConfig: { S3OutputPath: storage.uri('jobs') },
    StoppingCondition: { MaxRuntimeInSeconds: Math.ceil(serverless.maxHours * hourSeconds) },
    Tags: tagsOf(spec),
  };
}

async function baseArn(
  serverless: Serverless,
  aws: Aws,
  { model, method }: JobSpec,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { acceptEula } = serverless;
  const name = rootOf(model);
  const known = await publicHub(aws).find(name, signal);
  if (!known) {
    throw new TunewrightError('model_not_found', `SageMaker's public hub has no model ${name}.`, {
      advice: 'Name a model of the hub; serverless customization trains no other.',
      status: 404,
    });
  }
  if (known.gated && !acceptEula) {
    throw new TunewrightError('refused', `The model ${name} has a licence that has to be accepted.`, {
      advice: 'Read it; where you accept it, set training.serverless.acceptEula to true.',
    });
  }
  const technique = techniqueOf(method, serverless);
  if (known.techniques && !known.techniques.has(technique)) {
    throw new TunewrightError(
      'model_not_tunable',
      `SageMaker has no recipe for ${name} by the technique ${technique}.`,
      { advice: `It takes: ${[...known.techniques].join(', ') || 'none'}. Choose another model or method.` },
    );
  }
  return known.arn;
}

function evaluatorOf({ reward }: Serverless): { EvaluatorArn?: string } {
  if (!reward) return {};
  if ('evaluatorArn' in reward) return { EvaluatorArn: reward.evaluatorArn };
  return 'judge' in reward && 'evaluatorArn' in reward.prompt ? { EvaluatorArn: reward.prompt.evaluatorArn } : {};
}

/** As sagemaker-python-sdk names them: rlvr_trainer.py and rlaif_trainer.py. */
function rewardHyperparameters({ reward }: Serverless): Record<string, string> {
  if (!reward || 'evaluatorArn' in reward) return {};
  if ('preset' in reward) return { preset_reward_function: reward.preset };
  const { judge, prompt } = reward;
  return {
    judge_model_id: `bedrock/${judge}`,
    ...('template' in prompt ? { judge_prompt_template: prompt.template } : {}),
  };
}

/** Of a model that is tuned on. */
async function sourcePackage(aws: Aws, model: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const { job } = parseModel(model);
  if (!job) return undefined;
  const made = await modelPackages(aws).of(await descriptions(aws).get(job, signal), signal);
  if (made) return made.arn;
  throw new TunewrightError('model_not_found', `The job ${job} has left no model package.`, {
    advice: 'Serverless customization trains on models of the hub, and on what it has made of them.',
    status: 404,
  });
}

/** Names as in the table of docs.aws.amazon.com/sagemaker/latest/dg/customizing-models-sft.html and AWS's SDK. */
function hyperparameters(serverless: Serverless, { method, hyperparameters: asked }: JobSpec): Record<string, string> {
  const { epochs, batchSize, learningRateMultiplier, beta = 'auto', computeMultiplier = 'auto' } = asked;
  if (computeMultiplier !== 'auto') {
    throw new TunewrightError('invalid_config', 'No hyperparameter of SageMaker is known to take computeMultiplier.', {
      advice: "Leave it out; what the model's recipe calls it goes into training.serverless.hyperparameters.",
    });
  }
  if (beta !== 'auto') {
    throw new TunewrightError('invalid_config', 'No hyperparameter of SageMaker is known to take beta.', {
      advice: "Leave it out; what the model's recipe calls it goes into training.serverless.hyperparameters.",
    });
  }
  if (learningRateMultiplier !== 'auto' && serverless.learningRate === undefined) {
    throw new TunewrightError('invalid_config', 'A multiplier wants a learning rate, and SageMaker tells none.', {
      advice: 'Set training.serverless.learningRate, or leave learningRateMultiplier out.',
    });
  }
  const { learningRate } = serverless;
  const rate =
    learningRate === undefined
      ? undefined
      : learningRate * (learningRateMultiplier === 'auto' ? 1 : learningRateMultiplier);
  return {
    ...serverless.hyperparameters,
    ...(method === 'reinforcement' ? rewardHyperparameters(serverless) : {}),
    ...(epochs === 'auto' ? {} : { max_epochs: String(epochs) }),
    ...(batchSize === 'auto' ? {} : { global_batch_size: String(batchSize) }),
    ...(rate === undefined ? {} : { learning_rate: String(rate) }),
  };
}
