import type { ContainerDefinition, ModelDataSource } from '@aws-sdk/client-sagemaker';
import { TunewrightError } from '../../contract/errors.ts';
import { parseModel, rootOf } from '../trainer/names.ts';
import type { Aws } from './aws.ts';
import { type Described, descriptions, isServerless } from './description.ts';
import { publicHub } from './hub.ts';
import { locationOf } from './location.ts';
import { modelPackages } from './packages.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';

/** Where a model comes from that is served. */
export interface Source {
  /** Of its container; nothing for a model that the container takes from Hugging Face's hub. */
  model: Pick<ContainerDefinition, 'ModelDataSource' | 'ModelPackageName'>;
  /** Where the adapter lies with which that model is served. */
  adapterUri?: string;
}

export interface Sources {
  of(model: string, signal?: AbortSignal): Promise<Source>;
}

export function sources(settings: SageMakerSettings, aws: Aws, storage: Storage): Sources {
  return {
    async of(model, signal) {
      const { job } = parseModel(model);
      const made = job ? await descriptions(aws).find(job, signal) : undefined;
      if (made && isServerless(made)) return await ofPackage(model, made, signal);
      return await ofBase(model, signal);
    },
  };

  async function ofBase(model: string, signal: AbortSignal | undefined): Promise<Source> {
    const uri = locationOf(settings, storage, model);
    if (uri) {
      return { model: uri.endsWith('/') ? folder(uri) : dataSource(uri, 'S3Object', 'Gzip') };
    }
    if (!('serverless' in settings.training)) return { model: {} };
    const artifact = (await publicHub(aws).find(model, signal))?.artifactUri;
    if (artifact) return { model: folder(artifact, settings.training.serverless.acceptEula) };
    throw new TunewrightError('refused', `SageMaker's public hub does not say where the weights of ${model} lie.`, {
      advice: "Name a folder of yours that holds them in the connection's models.",
    });
  }

  /** As AWS's SDK deploys what a serverless job has made: sagemaker-python-sdk, model_builder.py. */
  async function ofPackage(model: string, job: Described, signal: AbortSignal | undefined): Promise<Source> {
    const made = await modelPackages(aws).of(job, signal);
    if (!made) {
      throw new TunewrightError('model_not_found', `The model package of ${model} is gone.`, {
        advice: 'Train it again.',
        status: 404,
      });
    }
    if (made.restricted) return { model: { ModelPackageName: made.arn } };
    const artifacts = job.ModelArtifacts?.S3ModelArtifacts ?? made.uri ?? '';
    if (made.merged) return { model: folder(`${made.uri ?? artifacts}/checkpoints/hf_merged`) };
    if (job.ServerlessJobConfig?.Peft !== 'LORA') return { model: folder(made.uri ?? artifacts) };
    const base = await ofBase(rootOf(model), signal);
    return { ...base, adapterUri: withSlash(`${artifacts}/checkpoints/hf`) };
  }
}

function folder(uri: string, acceptEula = false): Source['model'] {
  return dataSource(withSlash(uri), 'S3Prefix', 'None', acceptEula);
}

function dataSource(
  S3Uri: string,
  S3DataType: 'S3Object' | 'S3Prefix',
  CompressionType: 'Gzip' | 'None',
  acceptEula = false,
): { ModelDataSource: ModelDataSource } {
  const access = acceptEula ? { ModelAccessConfig: { AcceptEula: true } } : {};
  return { ModelDataSource: { S3DataSource: { S3Uri, S3DataType, CompressionType, ...access } } };
}

/** One at the end, and none twice. */
function withSlash(uri: string): string {
  return `${uri.replace(/\/$/, '').replace(/([^:])\/\/+/g, '$1/')}/`;
}
