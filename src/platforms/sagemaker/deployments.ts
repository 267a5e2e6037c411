import { TunewrightError } from '../../contract/errors.ts';
import type { Deployments, HeldDeployment, TrainingPlatform } from '../platform.ts';
import type { Aws } from './aws.ts';
import { components, variantName } from './components.ts';
import { containerOf } from './container.ts';
import { busy, isAws, quotaOf } from './errors.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Sources } from './sources.ts';

const modelTag = 'tunewright_model';
const capacityAgainMs = 60_000;
/** Longer no container takes that has said that it is well. */
const answersWithinMs = 30 * 60_000;
/** Ends of an endpoint that never answers. */
const broken = new Set<string>(['Failed', 'OutOfService', 'UpdateRollbackFailed']);
/** Base and tuned model stand at the same time. */
const endpointsAtOnce = 2;
const exists = /already exist/i;
const inProgress = /in-progress|in progress/i;

/**
 * A model, an endpoint configuration and an endpoint, all of the deployment's name, and inference components where the
 * connection says so. The model is made first and removed last, so that whatever is left of one is found.
 */
export function deployments(
  settings: SageMakerSettings,
  aws: Aws,
  sources: Sources,
  chat: TrainingPlatform['chat'],
): Deployments {
  const { serving } = settings;
  const { call, find, pages } = aws;
  const parts = serving.component ? components(settings, aws) : undefined;

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

  async function describeModel(name: string, signal: AbortSignal | undefined) {
    return await find(
      'Looking at the deployment',
      async ({ sagemaker }, options) => await sagemaker.describeModel({ ModelName: name }, options),
      signal,
    );
  }

  async function modelNamed(name: string, signal: AbortSignal | undefined): Promise<string> {
    const there = await describeModel(name, signal);
    return there ? await modelOf(there.ModelArn, signal) : '';
  }

  return {
    existing: (model) => (Object.hasOwn(settings.deployments, model) ? settings.deployments[model] : undefined),
    configured: Object.values(settings.deployments),

    async create({ name, model }, signal) {
      const Tags = [{ Key: modelTag, Value: model }];
      const PrimaryContainer = containerOf(settings, model, await sources.of(model, signal));
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
                PrimaryContainer,
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
                // Of inference components the endpoint has the role, and they name the model.
                ...(parts ? { ExecutionRoleArn: settings.roleArn } : {}),
                ProductionVariants: [
                  {
                    ...serving.variantFields,
                    VariantName: variantName,
                    ...(parts ? {} : { ModelName: name }),
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
      try {
        await unless(
          isThere,
          call(
            'Creating the endpoint',
            async ({ sagemaker }, options) =>
              await sagemaker.createEndpoint({ EndpointName: name, EndpointConfigName: name, Tags }, options),
            { signal },
          ),
        );
      } catch (error) {
        throw hopeless(error) ?? error;
      }
    },

    async state(name, signal) {
      const there = await find(
        'Looking at the endpoint',
        async ({ sagemaker }, options) => await sagemaker.describeEndpoint({ EndpointName: name }, options),
        signal,
      );
      if (!there) return 'gone';
      const { EndpointStatus = 'Failed', FailureReason = '', LastModifiedTime } = there;
      if (broken.has(EndpointStatus)) throw await end(name, EndpointStatus, FailureReason, signal);
      if (EndpointStatus !== 'InService') return 'creating';
      const source = async () => await sources.of(await modelNamed(name, signal), signal);
      const standing = await parts?.advance(name, source, signal);
      if (standing?.is === 'failed') throw await end(name, 'Failed', standing.reason, signal);
      if (standing?.is === 'creating') return 'creating';
      const trouble = await troubleOf(chat, name, signal);
      if (!trouble) return 'ready';
      // It is in service only once its container has said that it is well.
      const since = standing?.since ?? LastModifiedTime;
      if (Date.now() - (since?.getTime() ?? Date.now()) < answersWithinMs) return 'creating';
      throw new TunewrightError('refused', `The endpoint ${name} is in service and does not answer: ${trouble}`, {
        advice: "See that serving.image speaks OpenAI's chat protocol and takes an empty model's name.",
      });
    },

    remove,

    async find(prefix, signal) {
      const found: HeldDeployment[] = [];
      const listed = pages(
        'Listing deployments',
        async ({ sagemaker }, from, options) => await sagemaker.listModels({ NameContains: prefix, ...from }, options),
        signal,
      );
      for await (const page of listed) {
        for (const { ModelName: name = '', ModelArn, CreationTime } of page.Models ?? []) {
          if (!name.startsWith(prefix)) continue;
          const model = await modelOf(ModelArn, signal);
          found.push({ name, model, createdAt: CreationTime?.getTime() ?? 0 });
        }
      }
      return found;
    },

    hourlyUsd: () => serving.hourlyUsd,
  };

  async function remove(name: string, signal?: AbortSignal): Promise<void> {
    await parts?.remove(name, signal);
    try {
      await unless(
        isGone,
        call(
          'Removing the endpoint',
          async ({ sagemaker }, options) => await sagemaker.deleteEndpoint({ EndpointName: name }, options),
          { signal },
        ),
      );
    } catch (error) {
      if (!isAws(error, 'ValidationException', inProgress)) throw error;
      // It needs what it is made of.
      throw busy(name, error);
    }
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
  }

  /** Why it never comes to stand. Where there was no machine it is put away: the next attempt makes it anew. */
  async function end(name: string, status: string, reason: string, signal?: AbortSignal): Promise<TunewrightError> {
    if (!/capacity/i.test(reason)) {
      return new TunewrightError('refused', `The endpoint ${name} is ${status}: ${reason}`, {
        advice: 'Mend what it names; its log in CloudWatch tells more.',
      });
    }
    await remove(name, signal);
    return new TunewrightError('no_capacity', `The endpoint ${name}: ${reason}`, {
      advice: 'It is tried again every minute; other instance types may be had.',
      retry: 'yes',
      retryAfterMs: capacityAgainMs,
    });
  }

  async function assertIsOf(name: string, model: string, signal: AbortSignal | undefined): Promise<void> {
    const there = await describeModel(name, signal);
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

/** A quota that cannot hold both models of one evaluation: one would stand, and be billed, while the other waits for it. */
function hopeless(error: unknown): TunewrightError | undefined {
  if (!(error instanceof TunewrightError && error.code === 'no_capacity')) return undefined;
  const { limit } = quotaOf(error.message);
  if (limit === undefined || limit >= endpointsAtOnce) return undefined;
  return new TunewrightError('refused', error.message, {
    advice: `An evaluation needs ${endpointsAtOnce} instances at once: ask AWS for that quota of the instance type.`,
    cause: error,
  });
}

/** What an endpoint answers in place of an answer, where that may pass. */
async function troubleOf(
  chat: TrainingPlatform['chat'],
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    await chat({ model: name, messages: [{ role: 'user', content: 'Hello' }], maxOutputTokens: 1, seed: 1, signal });
    return undefined;
  } catch (error) {
    if (!(error instanceof TunewrightError)) throw error;
    if (error.status === 404 || error.retry !== 'never') return error.message;
    throw error;
  }
}
