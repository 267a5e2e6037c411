import type { S3 } from '@aws-sdk/client-s3';
import { objectAt } from './containers.ts';
import { type Body, type Operation, Refusal } from './wire.ts';

/** A model of the public hub, as the imitation knows it. */
export interface HubContent {
  /** A folder in S3. */
  uri: string;
  gated?: boolean;
  techniques?: string[];
}

/** A version of a model package group; tests change it. */
export interface Package {
  arn: string;
  group: string;
  uri: string;
  base: string;
  isCheckpoint: boolean;
  restricted?: boolean;
}

/** What SageMaker does of itself in a serverless job: the work is the shipped trainer's here, in a container of ours. */
export interface Customization {
  operations: Record<string, Operation>;
  packages: Map<string, Package>;
  /** Throws what SageMaker refuses. */
  check(request: Body): void;
  /** The request of a container that does the same. */
  asContainer(name: string, request: Body): Promise<Body>;
  /** Below the job's output, where what it has made lies. */
  folder(request: Body): string;
  /** Registers what the job has made; its ARN. */
  register(name: string, request: Body): string;
}

const techniques = ['SFT', 'DPO', 'RLVR', 'RLAIF'];
const recipe = new Set(['max_epochs', 'global_batch_size', 'learning_rate', 'seed']);
/** Of the recipes that reward. */
const rewarding: Readonly<Record<string, readonly string[]>> = {
  RLVR: ['preset_reward_function'],
  RLAIF: ['judge_model_id', 'judge_prompt_template'],
};
const groupArn = /^arn:aws:sagemaker:[\w-]+:\d{12}:model-package-group\/([\w-]+)$/;

export function customization(hub: Readonly<Record<string, HubContent>>, s3: S3): Customization {
  const packages = new Map<string, Package>();

  const baseOf = (request: Body) => {
    const { BaseModelArn } = request.ServerlessJobConfig as Body;
    return /\/Model\/([^/]+)\/[\d.]+$/.exec(String(BaseModelArn))?.[1] ?? '';
  };

  function found(arn: unknown): Package {
    const one = packages.get(String(arn));
    if (one) return one;
    throw new Refusal('ValidationException', `ModelPackage ${arn} does not exist or could not be found.`);
  }

  return {
    packages,

    check(request) {
      for (const field of ['AlgorithmSpecification', 'ResourceConfig', 'CheckpointConfig', 'RetryStrategy']) {
        if (request[field])
          throw new Refusal('ValidationException', `${field} is not supported with ServerlessJobConfig.`);
      }
      const { AcceptEula, JobType, CustomizationTechnique, Peft, EvaluatorArn } = request.ServerlessJobConfig as Body;
      const model = hub[baseOf(request)];
      if (!model) throw new Refusal('ValidationException', 'The BaseModelArn names no model of the hub.');
      if (model.gated && !AcceptEula) throw new Refusal('ValidationException', 'The EULA has to be accepted.');
      if (JobType !== 'FineTuning') throw new Refusal('ValidationException', `JobType ${JobType}.`);
      if (!(model.techniques ?? techniques).includes(String(CustomizationTechnique))) {
        throw new Refusal('ValidationException', `No recipe was found for ${CustomizationTechnique}.`);
      }
      if (Peft !== undefined && Peft !== 'LORA') throw new Refusal('ValidationException', `Peft ${Peft}.`);
      const { ModelPackageGroupArn, SourceModelPackageArn } = (request.ModelPackageConfig ?? {}) as Body;
      if (!groupArn.test(String(ModelPackageGroupArn)))
        throw new Refusal('ValidationException', 'ModelPackageGroupArn.');
      if (SourceModelPackageArn) found(SourceModelPackageArn);
      for (const name of Object.keys((request.HyperParameters ?? {}) as Body)) {
        if (!recipe.has(name) && !rewarding[String(CustomizationTechnique)]?.includes(name))
          throw new Refusal('ValidationException', `The recipe has no hyperparameter ${name}.`);
      }
      const given = (request.HyperParameters ?? {}) as Body;
      if (CustomizationTechnique === 'RLVR' && !EvaluatorArn && !given.preset_reward_function) {
        throw new Refusal('ValidationException', 'RLVR wants a reward function.');
      }
      if (CustomizationTechnique === 'RLAIF' && !given.judge_model_id) {
        throw new Refusal('ValidationException', 'RLAIF wants a judge.');
      }
      const channels = (request.InputDataConfig as { ChannelName: string }[]).map(({ ChannelName }) => ChannelName);
      if (channels[0] !== 'train') throw new Refusal('ValidationException', 'There is no channel train.');
    },

    async asContainer(name, request) {
      const { CustomizationTechnique } = request.ServerlessJobConfig as Body;
      const { SourceModelPackageArn } = request.ModelPackageConfig as Body;
      const {
        max_epochs = '3',
        global_batch_size = '8',
        learning_rate = '0.003',
        seed = '7',
      } = request.HyperParameters as Record<string, string>;
      const own = `s3://tunewright-tests/serverless/${name}`;
      const data = async (channel: string, as: string) => {
        const given = (request.InputDataConfig as Channel[]).find(({ ChannelName }) => ChannelName === channel);
        if (!given) return [];
        const { Body } = await s3.getObject(objectAt(given.DataSource.S3DataSource.S3Uri));
        const lines = ((await Body?.transformToString()) ?? '').trim().split('\n');
        const uri = `${own}/${as}.jsonl`;
        const read = lines.map((line) => JSON.stringify(ofTheTrainer(JSON.parse(line), CustomizationTechnique)));
        await s3.putObject({ ...objectAt(uri), Body: read.join('\n') });
        return [channelOf(as, uri)];
      };
      const model = SourceModelPackageArn ? found(SourceModelPackageArn).uri : (hub[baseOf(request)]?.uri ?? '');
      const told = {
        model: baseOf(request),
        trainingFile: 'training',
        objective: CustomizationTechnique === 'DPO' ? 'dpo' : 'supervised',
        beta: 0.1,
        epochs: Number(max_epochs),
        batchSize: Number(global_batch_size),
        learningRateMultiplier: 1,
        learningRate: Number(learning_rate),
        seed: Number(seed),
        method: 'full',
        loraRank: 16,
        maxTokens: 96,
        gradientAccumulation: 1,
        checkpoints: 10,
        keepCheckpoints: 2,
      };
      return {
        ...request,
        AlgorithmSpecification: { ContainerEntrypoint: ['python', '-m', 'tunewright_trainer.sagemaker'] },
        HyperParameters: Object.fromEntries(Object.entries(told).map(([key, value]) => [key, JSON.stringify(value)])),
        InputDataConfig: [
          ...(await data('train', 'training')),
          ...(await data('validation', 'validation')),
          channelOf('model', model),
        ],
        CheckpointConfig: { S3Uri: `${own}/checkpoints` },
        ResourceConfig: { InstanceType: 'serverless' },
      };
    },

    folder: (request) => ((request.ServerlessJobConfig as Body).Peft === 'LORA' ? 'model/checkpoints/hf' : 'model'),

    register(name, request) {
      const { ModelPackageGroupArn } = request.ModelPackageConfig as Body;
      const group = groupArn.exec(String(ModelPackageGroupArn))?.[1] ?? '';
      const version = [...packages.values()].filter((one) => one.group === group).length + 1;
      const arn = `arn:aws:sagemaker:eu-west-1:123456789012:model-package/${group}/${version}`;
      const { S3OutputPath } = request.OutputDataConfig as { S3OutputPath: string };
      const isCheckpoint = true;
      packages.set(arn, {
        arn,
        group,
        uri: `${S3OutputPath}/${name}/output/model/`,
        base: baseOf(request),
        isCheckpoint,
      });
      return arn;
    },

    operations: {
      // A page each, so that all of them have to be read.
      ListHubContents({ HubName, HubContentType, NextToken }) {
        const names = HubName === 'SageMakerPublicHub' && HubContentType === 'Model' ? Object.keys(hub) : [];
        const at = Number(NextToken ?? 0);
        const HubContentSummaries = names.slice(at, at + 1).map((HubContentName) => ({
          HubContentName,
          HubContentSearchKeywords: (hub[HubContentName]?.techniques ?? techniques).map(
            (technique) => `@recipe:finetuning_${technique.toLowerCase()}_lora`,
          ),
        }));
        return { HubContentSummaries, ...(at + 1 < names.length ? { NextToken: String(at + 1) } : {}) };
      },
      DescribeHubContent({ HubName, HubContentType, HubContentName }) {
        const model = HubName === 'SageMakerPublicHub' && HubContentType === 'Model' && hub[String(HubContentName)];
        if (!model) throw new Refusal('ResourceNotFound', `Hub content ${HubContentName} does not exist.`);
        const recipes = (model.techniques ?? techniques).map((CustomizationTechnique) => ({
          CustomizationTechnique,
        }));
        return {
          HubContentName,
          HubContentArn: `arn:aws:sagemaker:eu-west-1:aws:hub-content/SageMakerPublicHub/Model/${HubContentName}/1.2.0`,
          HubContentDocument: JSON.stringify({
            GatedBucket: model.gated ?? false,
            HostingArtifactUri: model.uri,
            RecipeCollection: recipes,
          }),
        };
      },
      DescribeModelPackage({ ModelPackageName }) {
        const { arn, group, uri, base, isCheckpoint, restricted } = found(ModelPackageName);
        return {
          ModelPackageArn: arn,
          ModelPackageGroupName: group,
          ManagedStorageType: restricted ? 'Restricted' : undefined,
          InferenceSpecification: {
            Containers: [
              {
                IsCheckpoint: isCheckpoint,
                BaseModel: { HubContentName: base },
                ModelDataSource: { S3DataSource: { S3Uri: uri, S3DataType: 'S3Prefix', CompressionType: 'None' } },
              },
            ],
          },
        };
      },
      DeleteModelPackage({ ModelPackageName }) {
        packages.delete(found(ModelPackageName).arn);
        return {};
      },
    },
  };
}

interface Channel {
  ChannelName: string;
  DataSource: { S3DataSource: { S3Uri: string } };
}

function channelOf(ChannelName: string, S3Uri: string): Channel {
  return { ChannelName, DataSource: { S3DataSource: { S3Uri } } };
}

/** A line of AWS's format in the trainer's. */
function ofTheTrainer(line: Record<string, unknown>, technique: unknown): Record<string, unknown> {
  if (technique !== 'DPO') {
    if (Array.isArray(line.messages)) return line;
    throw new Error('SFT wants messages.');
  }
  const { chosen, rejected, ...others } = line as Record<'chosen' | 'rejected', unknown[]>;
  if (!Array.isArray(chosen) || !Array.isArray(rejected) || Object.keys(others).length > 0) {
    throw new Error('DPO wants chosen and rejected.');
  }
  return {
    input: { messages: chosen.slice(0, -1) },
    preferred_output: chosen.slice(-1),
    non_preferred_output: rejected.slice(-1),
  };
}
