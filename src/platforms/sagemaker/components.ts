import type { InferenceComponentSpecification } from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import type { Aws } from './aws.ts';
import { busy, isAws } from './errors.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Source } from './sources.ts';

/** The only one of an endpoint. */
export const variantName = 'only';

/** How what answers stands; `reason` of what has failed. */
export type Standing = { is: 'creating' } | { is: 'ready'; since: Date | undefined } | { is: 'failed'; reason: string };

/**
 * Inference components of a deployment's endpoint. The one that answers bears the deployment's name; an adapter stands on a
 * component of its base model, as AWS's SDK deploys it: sagemaker-python-sdk, model_builder.py.
 */
export interface Components {
  /** One look; what is missing next is made. */
  advance(name: string, source: () => Promise<Source>, signal?: AbortSignal): Promise<Standing>;
  /** Throws `still_pending` until all of them are gone. */
  remove(name: string, signal?: AbortSignal): Promise<void>;
}

const baseOf = (name: string) => `${name}-base`;
const exists = /already exist/i;

export function components({ serving }: SageMakerSettings, { call, find }: Aws): Components {
  const describe = async (name: string, signal: AbortSignal | undefined) =>
    await find(
      'Looking at the inference component',
      async ({ sagemaker }, options) =>
        await sagemaker.describeInferenceComponent({ InferenceComponentName: name }, options),
      signal,
    );

  async function look(name: string, signal: AbortSignal | undefined): Promise<Standing | undefined> {
    const there = await describe(name, signal);
    if (!there) return undefined;
    const { InferenceComponentStatus: status, FailureReason: reason = '', LastModifiedTime: since } = there;
    if (status === 'Failed') return { is: 'failed', reason };
    return status === 'InService' ? { is: 'ready', since } : { is: 'creating' };
  }

  async function make(
    name: string,
    EndpointName: string,
    Specification: InferenceComponentSpecification,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    // An adapter stands where its base does.
    const place = Specification.BaseInferenceComponentName
      ? {}
      : { VariantName: variantName, RuntimeConfig: { CopyCount: 1 } };
    try {
      await call(
        'Creating the inference component',
        async ({ sagemaker }, options) =>
          await sagemaker.createInferenceComponent(
            { InferenceComponentName: name, EndpointName, ...place, Specification },
            options,
          ),
        { signal },
      );
    } catch (error) {
      if (!isAws(error, 'ValidationException', exists)) throw error;
    }
  }

  async function removed(name: string, signal: AbortSignal | undefined): Promise<boolean> {
    const there = await describe(name, signal);
    if (!there) return true;
    if (there.InferenceComponentStatus === 'Deleting') return false;
    try {
      await call(
        'Removing the inference component',
        async ({ sagemaker }, options) =>
          await sagemaker.deleteInferenceComponent({ InferenceComponentName: name }, options),
        { signal },
      );
    } catch (error) {
      if (!(error instanceof TunewrightError && error.status === 404)) throw error;
    }
    return (await describe(name, signal)) === undefined;
  }

  const whole = (ModelName: string): InferenceComponentSpecification => ({
    ModelName,
    ComputeResourceRequirements: {
      MinMemoryRequiredInMb: serving.component?.memoryMb,
      ...(serving.component?.accelerators
        ? { NumberOfAcceleratorDevicesRequired: serving.component.accelerators }
        : {}),
    },
  });

  async function stood(
    name: string,
    endpoint: string,
    specification: InferenceComponentSpecification,
    signal: AbortSignal | undefined,
  ): Promise<Standing> {
    const there = await look(name, signal);
    if (there) return there;
    await make(name, endpoint, specification, signal);
    return (await look(name, signal)) ?? { is: 'creating' };
  }

  return {
    async advance(name, source, signal) {
      const there = await look(name, signal);
      if (there) return there;
      const { adapterUri } = await source();
      if (!adapterUri) return await stood(name, name, whole(name), signal);
      const base = await stood(baseOf(name), name, whole(name), signal);
      if (base.is !== 'ready') return base;
      const onBase = { BaseInferenceComponentName: baseOf(name), Container: { ArtifactUrl: adapterUri } };
      return await stood(name, name, onBase, signal);
    },

    async remove(name, signal) {
      // An adapter goes before what it stands on, and both before their endpoint.
      for (const one of [name, baseOf(name)]) if (!(await removed(one, signal))) throw busy(name);
    },
  };
}
