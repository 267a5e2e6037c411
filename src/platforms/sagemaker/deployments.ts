import type { ModelDataSource } from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import type { Deployments, HeldDeployment, TrainingPlatform } from '../platform.ts';
import { parseModel } from '../trainer/names.ts';
import type { Aws } from './aws.ts';
import { isAws } from './errors.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';

const modelTag = 'tunewright_model';
/** Where SageMaker puts a model in its container. */
const modelFolder = '/opt/ml/model';
const capacityAgainMs = 60_000;
const exists = /already exist/i;
const inProgress = /in-progress|in progress/i;

/**
 * A model, an endpoint configuration and an endpoint, all of the deployment's name. The model is made first and removed
 * last, so that whatever is left of one is found.
 */
export function deployments(
  settings: SageMakerSettings,
  { call, find }: Aws,
  storage: Storage,
  chat: TrainingPlatform['chat'],
): Deployments {
  const { serving } = settings;

  /** For what is refused because it is there, or gone. */
  async function unless(so: (error: unknown) => boolean, doing: Promise<unknown>): Promise<boolean> {
    try {
      await doing;
      return true;
    } catch (error) {
      if (so(error)) return false;
      throw error;
    }
  }
  const isThere = (error: unknown) => isAws(error, 'ValidationException', exists);
  const isGone = (error: unknown) => error instanceof TunewrightError && error.status === 404;

  async function modelOf(arn: string | undefined, signal: AbortSignal | undefined): Promise<string> {
    const tags = await find(
      'Looking at the deployment',
      async ({ sagemaker }, options) => await sagemaker.listTags({ ResourceArn: arn }, options),
      signal,
    );
    return tags?.Tags?.find(({ Key }) => Key === modelTag)?.Value ?? '';
  }

  return {
    existing: () => undefined,

    async create({ name, model }, signal) {
      const Tags = [{ Key: modelTag, Value: model }];
      const made = await unless(
        isThere,
        call(
          'Creating the model',
          async ({ sagemaker }, options) =>
            await sagemaker.createModel(
              {
                ...serving.modelFields,
                ModelName: name,
                ExecutionRoleArn: settings.roleArn,
                PrimaryContainer: containerOf(settings, storage, model),
                Tags,
              },
              options,
            ),
          { signal },
        ),
      );
      if (!made) await assertIsOf(name, model, signal);
      await unless(
        isThere,
        call(
          'Creating the endpoint configuration',
          async ({ sagemaker }, options) =>
            await sagemaker.createEndpointConfig(
              {
                EndpointConfigName: name,
                ProductionVariants: [
                  {
                    VariantName: 'only',
                    ModelName: name,
                    InstanceType: serving.instanceType as never,
                    InitialInstanceCount: 1,
                  },
                ],
                Tags,
              },
              options,
            ),
          { signal },
        ),
      );
      await unless(
        isThere,
        call(
          'Creating the endpoint',
          async ({ sagemaker }, options) =>
            await sagemaker.createEndpoint({ EndpointName: name, EndpointConfigName: name, Tags }, options),
          { signal },
        ),
      );
    },

    async state(name, signal) {
      const there = await find(
        'Looking at the endpoint',
        async ({ sagemaker }, options) => await sagemaker.describeEndpoint({ EndpointName: name }, options),
        signal,
      );
      if (!there) return 'gone';
      const { EndpointStatus, FailureReason = '' } = there;
      if (EndpointStatus === 'InService') return (await answers(chat, name, signal)) ? 'ready' : 'creating';
      if (EndpointStatus !== 'Failed') return 'creating';
      if (!/capacity/i.test(FailureReason)) {
        throw new TunewrightError('refused', `The endpoint ${name} has failed: ${FailureReason}`, {
          advice: 'Mend what it names; its log in CloudWatch tells more.',
        });
      }
      // It never comes to stand by itself: the next attempt makes it anew.
      await this.remove(name, signal);
      throw new TunewrightError('no_capacity', `The endpoint ${name}: ${FailureReason}`, {
        advice: 'It is tried again every minute; other instance types may be had.',
        retry: 'yes',
        retryAfterMs: capacityAgainMs,
      });
    },

    async remove(name, signal) {
      let creating = false;
      await unless(
        (error) => {
          // One that is still being created cannot be removed yet, and it needs what it is made of.
          creating = isAws(error, 'ValidationException', inProgress);
          return creating || isGone(error);
        },
        call(
          'Removing the endpoint',
          async ({ sagemaker }, options) => await sagemaker.deleteEndpoint({ EndpointName: name }, options),
          { signal },
        ),
      );
      if (creating) return;
      await unless(
        isGone,
        call(
          'Removing the endpoint configuration',
          async ({ sagemaker }, options) => await sagemaker.deleteEndpointConfig({ EndpointConfigName: name }, options),
          { signal },
        ),
      );
      await unless(
        isGone,
        call(
          'Removing the model',
          async ({ sagemaker }, options) => await sagemaker.deleteModel({ ModelName: name }, options),
          { signal },
        ),
      );
    },

    async find(prefix, signal) {
      const found: HeldDeployment[] = [];
      let NextToken: string | undefined;
      do {
        const page = await call(
          'Listing deployments',
          async ({ sagemaker }, options) =>
            await sagemaker.listModels({ NameContains: prefix, ...(NextToken ? { NextToken } : {}) }, options),
          { signal },
        );
        for (const { ModelName: name = '', ModelArn, CreationTime } of page.Models ?? []) {
          if (!name.startsWith(prefix)) continue;
          const model = await modelOf(ModelArn, signal);
          found.push({ name, model, createdAt: CreationTime?.getTime() ?? 0 });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },

    hourlyUsd: () => serving.hourlyUsd,
  };

  async function assertIsOf(name: string, model: string, signal: AbortSignal | undefined): Promise<void> {
    const there = await find(
      'Looking at the deployment',
      async ({ sagemaker }, options) => await sagemaker.describeModel({ ModelName: name }, options),
      signal,
    );
    const standing = there && (await modelOf(there.ModelArn, signal));
    if (standing === undefined || standing === model) return;
    throw new TunewrightError(
      'contradiction',
      `The model ${name} of SageMaker is one of ${standing}, not of ${model}.`,
      {
        advice: 'Remove it, if nobody needs it, and try again.',
      },
    );
  }
}

/** What is served: a tuned model, a checkpoint, a base model of one's own, or one that the container takes from the hub. */
function containerOf({ serving, models }: SageMakerSettings, storage: Storage, model: string) {
  const { base, job, step } = parseModel(model);
  const folder = job ? step && storage.uri('checkpoints', job, 'checkpoints', `checkpoint-${step}`) : models[base];
  const source: ModelDataSource | undefined =
    job && !step
      ? s3Source(storage.uri('jobs', job, 'output', 'model.tar.gz'), 'S3Object', 'Gzip')
      : folder
        ? s3Source(`${folder}/`, 'S3Prefix', 'None')
        : undefined;
  const told = Object.entries(serving.environment).map(([name, value]) => [
    name,
    value.replaceAll('{model}', source ? modelFolder : base),
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

async function answers(
  chat: TrainingPlatform['chat'],
  name: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await chat({ model: name, messages: [{ role: 'user', content: 'Hello' }], maxOutputTokens: 1, seed: 1, signal });
    return true;
  } catch (error) {
    if (!(error instanceof TunewrightError)) throw error;
    if (error.status === 404 || error.code === 'platform_unavailable') return false;
    throw error;
  }
}
