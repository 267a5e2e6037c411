import { TunewrightError } from '../../contract/errors.ts';
import { curveOf, eventsSince } from '../trainer/events.ts';
import { parseModel, tunedModel } from '../trainer/names.ts';
import { heldJobs, jobs } from './jobs.ts';
import type { HuggingFaceSettings } from './settings.ts';
import { storage } from './storage/index.ts';
import type { Cluster } from './temporal.ts';
import type { TrainingPart } from './way.ts';

/** Training on machines of one's own: trainers poll a task queue of this service's Temporal, and share a storage with it. */
export function onMachines(settings: HuggingFaceSettings, address: string, temporalCluster: Cluster): TrainingPart {
  const files = storage(address, settings.timeoutSeconds);
  const own = jobs(settings, temporalCluster);
  return {
    listLagMs: 0,
    uniqueKeys: true,
    servedAs: (model) => model,
    jobUrl: () => undefined,

    checkAccess: async () => await files.check(),
    listModels: async () => undefined,
    async getModel(id) {
      if (await files.mayHave(id)) return { id };
      throw new TunewrightError('model_not_found', `There is no model ${id}.`, {
        advice: `Name a model of the hub (OWNER/NAME), or put one into ${address}/models.`,
        status: 404,
      });
    },
    async deleteModel(id) {
      const { job } = parseModel(id);
      if (job) await files.removeModel(job);
    },
    deleteModelCommand: (id) => files.removeModelCommand(parseModel(id).job ?? ''),

    async listHoldings(prefix) {
      const held = await heldJobs(settings, temporalCluster, prefix, own.getJob);
      const models = held.flatMap(({ model }) => model ?? []);
      const there = new Set(await files.models());
      return {
        files: await files.find(prefix),
        jobs: held,
        models: new Set(models.filter((model) => there.has(parseModel(model).job ?? ''))),
      };
    },
    findFiles: async (prefix) => (await files.find(prefix)).map(({ createdAt: _, ...file }) => file),
    uploadFile: files.put,
    isFileReady: files.has,
    readFile: files.read,
    deleteFile: files.remove,

    ...own,
    async newEvents(job, lastSeen) {
      return eventsSince(await files.events(job), lastSeen);
    },
    async listCheckpoints(job) {
      const { model, trainingFileId: _ } = await own.getJob(job);
      const told = await curve(job);
      const base = model === null ? undefined : parseModel(model).base;
      if (base === undefined) return [];
      return (await files.checkpoints(job)).map((step) => ({
        model: tunedModel(base, job, step),
        step,
        metrics: told.findLast((metrics) => metrics.step <= step) ?? { step },
      }));
    },
    trainingCurve: curve,
  };

  async function curve(job: string) {
    return curveOf(await files.events(job));
  }
}
