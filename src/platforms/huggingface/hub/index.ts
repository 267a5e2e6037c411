import { TunewrightError } from '../../../contract/errors.ts';
import { curveOf, eventsSince } from '../../trainer/events.ts';
import { parseModel } from '../../trainer/names.ts';
import type { HubJobs, HuggingFaceSettings } from '../settings.ts';
import type { TrainingPart } from '../way.ts';
import { hubOf, isGone } from './client.ts';
import { files } from './files.ts';
import { hubJobs } from './jobs.ts';

/** Training on machines of Hugging Face: a dataset repository holds data and events, each tuned model has one of its own. */
export function onHub(settings: HuggingFaceSettings, own: HubJobs, env: NodeJS.ProcessEnv): TrainingPart {
  const { namespace, repository, url } = own;
  const hub = hubOf(own, settings.timeoutSeconds, env);
  // A connection without its key is none: `doctor` and `reconcile` pass it over.
  hub.token();
  const inRepository = files(hub, `${namespace}/${repository}`);
  const servedAs = (model: string) => {
    const { job } = parseModel(model);
    return job ? `${namespace}/${job}` : model;
  };
  const { held, keyOf, ...jobs } = hubJobs(settings, own, hub, inRepository, servedAs);
  const curve = async (id: string, signal?: AbortSignal) => curveOf(await inRepository.events(await keyOf(id, signal)));

  async function hasModel(id: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await hub.send('Looking for the model', 'GET', `/api/models/${servedAs(id)}`, { signal });
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  return {
    listLagMs: own.listLagSeconds * 1000,
    uniqueKeys: false,
    servedAs,
    trainingUsdAtMost: (own.timeoutSeconds / 3600) * own.hourlyUsd,
    jobUrl: (id) => `${url.replace(/\/$/, '')}/jobs/${namespace}/${id}`,

    async checkAccess(signal) {
      await hub.send('Reaching the hub', 'GET', '/api/whoami-v2', { signal });
    },
    listModels: async () => undefined,
    async getModel(id, signal) {
      if (/^[\w.-]+\/[\w.-]+$/.test(servedAs(id)) && (await hasModel(id, signal))) return { id };
      throw new TunewrightError('model_not_found', `The hub has no model ${servedAs(id)}, or does not show it.`, {
        advice: 'Name a model of the hub (OWNER/NAME) that the token may read.',
        status: 404,
      });
    },
    async deleteModel(id) {
      if (!parseModel(id).job) return;
      const repo = { type: 'model', name: servedAs(id) } as const;
      await hub.find('Removing the model', async ({ deleteRepo }, account) => await deleteRepo({ ...account, repo }));
    },
    deleteModelCommand: (id) => `hf repo delete ${servedAs(id)}`,

    async listHoldings(prefix, signal) {
      const jobsHeld = await held(prefix, signal);
      const models = new Set<string>();
      for (const { model } of jobsHeld) if (model && (await hasModel(model, signal))) models.add(model);
      return { files: await inRepository.find(prefix), jobs: jobsHeld, models };
    },
    findFiles: async (prefix) => (await inRepository.find(prefix)).map(({ createdAt: _, ...file }) => file),
    uploadFile: inRepository.uploadFile,
    isFileReady: inRepository.isFileReady,
    readFile: inRepository.read,
    deleteFile: inRepository.deleteFile,

    ...jobs,
    newEvents: async (id, lastSeen, signal) =>
      eventsSince(await inRepository.events(await keyOf(id, signal)), lastSeen),
    // The one that is pushed is for going on from.
    listCheckpoints: async () => [],
    trainingCurve: curve,
  };
}
