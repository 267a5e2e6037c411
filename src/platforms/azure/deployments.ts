import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import type { Deployments, HeldDeployment, TrainingPlatform } from '../platform.ts';
import type { Manage } from './management.ts';
import type { AzureSettings } from './settings.ts';

const deploymentShape = z.looseObject({
  name: z.string(),
  properties: z.looseObject({
    model: z.looseObject({ name: z.string(), version: z.string().nullish() }),
    provisioningState: z.string(),
  }),
  systemData: z.looseObject({ createdAt: z.string() }).nullish(),
});
const pageShape = z.looseObject({ value: z.array(deploymentShape), nextLink: z.string().nullish() });
type Deployment = z.infer<typeof deploymentShape>;

/** Ends of a deployment that never answers. */
const broken = ['Failed', 'Canceled', 'Disabled'];

/**
 * Deployments through the management plane. `Succeeded` there does not mean that one answers: it is asked.
 *
 * @param chat asks a deployment by its name
 * @param fullId of a model that may be named by an alias
 */
export function deployments(
  settings: AzureSettings,
  manage: Manage,
  chat: TrainingPlatform['chat'],
  fullId: (model: string) => string,
): Deployments {
  const { deployment } = settings;
  const standing = new Map(Object.entries(settings.deployments).map(([model, name]) => [fullId(model), name]));

  async function get(name: string, signal: AbortSignal | undefined): Promise<Deployment | undefined> {
    try {
      return deploymentShape.parse(await manage('Looking at the deployment', 'GET', name, { signal }));
    } catch (error) {
      if (error instanceof TunewrightError && error.status === 404) return undefined;
      throw error;
    }
  }

  return {
    existing: (model) => standing.get(fullId(model)),
    configured: [...standing.values()],

    async create({ name, model: asked }, signal) {
      const model = fullId(asked);
      const there = await get(name, signal);
      if (there && modelOf(there) !== model) {
        throw new TunewrightError(
          'contradiction',
          `The deployment ${name} is one of ${modelOf(there)}, not of ${model}.`,
          {
            advice: 'Remove it, if nobody needs it, and try again.',
          },
        );
      }
      if (there) return;
      const { sku, azureModel } = isTuned(model)
        ? { sku: deployment.tunedSku, azureModel: { name: model, version: '1' } }
        : { sku: deployment.baseSku, azureModel: baseModel(model) };
      await manage('Creating the deployment', 'PUT', name, {
        body: {
          sku: { name: sku, capacity: deployment.capacity },
          properties: { model: { format: deployment.modelFormat, ...azureModel } },
        },
        signal,
      });
    },

    async state(name, signal) {
      const there = await get(name, signal);
      if (!there) return 'gone';
      const { provisioningState } = there.properties;
      if (broken.includes(provisioningState)) {
        throw new TunewrightError('refused', `The deployment ${name} is ${provisioningState}.`, {
          advice: "See why on the resource's own page, remove it and start the run again.",
        });
      }
      if (provisioningState !== 'Succeeded') return 'creating';
      return (await answers(chat, name, signal)) ? 'ready' : 'creating';
    },

    async remove(name, signal) {
      try {
        await manage('Removing the deployment', 'DELETE', name, { signal });
      } catch (error) {
        if (!(error instanceof TunewrightError && error.status === 404)) throw error;
      }
    },

    async find(prefix, signal) {
      const found: HeldDeployment[] = [];
      let next = '';
      do {
        const page = pageShape.parse(await manage('Listing the deployments', 'GET', next, { signal }));
        for (const one of page.value) {
          const createdAt = Date.parse(one.systemData?.createdAt ?? '') || 0;
          if (one.name.startsWith(prefix)) found.push({ name: one.name, model: modelOf(one), createdAt });
        }
        next = page.nextLink ?? '';
      } while (next !== '');
      return found;
    },

    hourlyUsd: (model) => (isTuned(model) ? deployment.hourlyUsd : undefined),
  };
}

/** A tuned model is called `BASE.ft-HEX`. */
export function isTuned(model: string): boolean {
  return /\.ft-[0-9a-f]+/.test(model);
}

/** A base model is deployed by its name and version, which its id joins. */
function baseModel(id: string): { name: string; version?: string } {
  const [, name, version] = /^(.+)-(\d{4}-\d{2}-\d{2})$/.exec(id) ?? [];
  return name && version ? { name, version } : { name: id };
}

function modelOf({ properties: { model } }: Deployment): string {
  return isTuned(model.name) || !model.version || model.version === '1' ? model.name : `${model.name}-${model.version}`;
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
    // The model has seen the question and does not like it.
    if (error.code === 'refused') return true;
    if (error.status === 404 || error.status === 409) return false;
    throw error;
  }
}
