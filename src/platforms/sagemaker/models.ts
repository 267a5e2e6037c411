import { TunewrightError } from '../../contract/errors.ts';
import type { HeldJob, TrainingPlatform } from '../platform.ts';
import { parseModel } from '../trainer/names.ts';
import type { Aws } from './aws.ts';
import { descriptions, isServerless } from './description.ts';
import { publicHub } from './hub.ts';
import { modelPackages } from './packages.ts';
import type { SageMakerSettings } from './settings.ts';
import type { Storage } from './storage.ts';

type ModelMethods = Pick<TrainingPlatform, 'listModels' | 'getModel' | 'deleteModel' | 'deleteModelCommand'>;

export interface Models extends ModelMethods {
  /** Those of the jobs' models that are still there. */
  standing(jobs: readonly HeldJob[], keyPrefix: string, signal?: AbortSignal): Promise<Set<string>>;
}

/** Models lie in S3; what a serverless job has made is a model package too. */
export function models(settings: SageMakerSettings, aws: Aws, files: Storage): Models {
  const jobs = descriptions(aws);
  const packages = modelPackages(aws);
  const serverless = 'serverless' in settings.training;

  async function isTuned(id: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { job = '', step } = parseModel(id);
    const made = await jobs.find(job, signal);
    if (made && isServerless(made)) return (await packages.of(made, signal)) !== undefined;
    return await files.hasModel(job, step, signal);
  }

  async function isBase(name: string, signal: AbortSignal | undefined): Promise<boolean> {
    if (serverless) return (await publicHub(aws).find(name, signal)) !== undefined;
    return settings.models[name] !== undefined || /^[\w.-]+\/[\w.-]+$/.test(name);
  }

  return {
    // A container of ours tunes whatever it can load.
    listModels: async (signal) =>
      serverless ? (await publicHub(aws).tunable(signal)).map((id) => ({ id, tunable: true })) : undefined,

    async getModel(id, signal) {
      const known = parseModel(id).job ? await isTuned(id, signal) : await isBase(id, signal);
      if (known) return { id };
      throw new TunewrightError('model_not_found', `There is no model ${id}.`, {
        advice: serverless
          ? "Name a model of SageMaker's public hub."
          : "Name a model of the hub (OWNER/NAME), or one of the connection's models.",
        status: 404,
      });
    },

    async deleteModel(id, signal) {
      const { job } = parseModel(id);
      if (!job) return;
      const made = await jobs.find(job, signal);
      if (made) await packages.remove(made, signal);
      await files.removeModel(job, signal);
    },

    deleteModelCommand(id) {
      const { job = '' } = parseModel(id);
      const folders = ['jobs', 'checkpoints'].map((of) => `aws s3 rm --recursive ${files.uri(of, job)}/`);
      if (!serverless) return folders.join(' && ');
      const query = `--training-job-name ${job} --query OutputModelPackageArn --output text`;
      const name = `"$(aws sagemaker describe-training-job ${query})"`;
      return [`aws sagemaker delete-model-package --model-package-name ${name}`, ...folders].join(' && ');
    },

    async standing(held, prefix, signal) {
      const archives = new Set(await files.models(prefix, signal));
      const there = new Set<string>();
      for (const { id, model } of held) {
        if (model !== null && (archives.has(id) || (await isTuned(model, signal)))) there.add(model);
      }
      return there;
    },
  };
}
