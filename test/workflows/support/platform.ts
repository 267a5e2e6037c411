import { TunewrightError } from '../../../src/contract/errors.ts';
import type { ModelEntry } from '../../../src/platforms/catalogue.ts';
import type {
  Deployments,
  JobSpec,
  JobState,
  RemoteFile,
  RemoteJob,
  TrainingPlatform,
} from '../../../src/platforms/platform.ts';

/** Remote calls at which something can happen. */
export const calls = [
  'findFiles',
  'uploadFile',
  'deleteFile',
  'findJobs',
  'createJob',
  'getJob',
  'cancelJob',
  'pauseJob',
  'resumeJob',
  'createDeployment',
  'deploymentState',
  'removeDeployment',
  'chat',
] as const;
export type Call = (typeof calls)[number];

/**
 * `down`: nothing takes effect. `lost`: takes effect, the answer does not arrive. `refused`: for certain, for now.
 * `blind`: for good, as a platform that cannot do this. `twice`: takes effect twice, as when a proxy replays it.
 */
export type PlatformFault = 'down' | 'lost' | 'refused' | 'blind' | 'twice';

/** How the platform of one run behaves; milliseconds. */
export interface Conditions {
  /** Files and jobs show up in listings only so long after their creation. */
  lagMs: number;
  trainingMs: number;
  /** A job shows a status of which nobody has heard for so long. */
  unknownMs: number;
  /** After its success the model has no name for so long, and then does not answer for so long. */
  namelessMs: number;
  silentMs: number;
  /** From being told to stop until it has. */
  stopMs: number;
  fails: boolean;
  /** Models answer only under a deployment, so long after its creation; undefined where they answer by their own name. */
  deployMs: number | undefined;
  /** The first question to a deployment finds that it was taken away. */
  vanishes: boolean;
}

export interface ModelJob {
  id: string;
  spec: JobSpec;
  /** Made by the fault `twice`, so by nobody's request. */
  twin: boolean;
  createdAt: number;
  /** Put forward by the time it was paused. */
  trainsFrom: number;
  pausedAt?: number | undefined;
  stopAt?: number;
}

export interface ModelPlatform extends TrainingPlatform {
  /** All that were ever created, whatever became of them. */
  readonly jobs: readonly ModelJob[];
  /** Those that are there now, listed yet or not. */
  readonly files: ReadonlyMap<string, RemoteFile>;
  /** By name, those that stand now. */
  readonly standing: ReadonlyMap<string, { model: string; createdAt: number }>;
  stateOf(job: ModelJob): RemoteJob;
}

/** Milliseconds for which a create is looked for; longer than any lag here. */
const settleMs = 3_500;

const entry: ModelEntry = {
  id: 'stand-in-mini',
  aliases: [],
  methods: ['supervised'],
  encoding: 'o200k_base',
  trainingContextTokens: 65_536,
  prices: { training: 5, input: 0.8, output: 3.2, checked: '2026-11-01', source: 'made up' },
};

/** @param meet is told of each call before it takes effect, and names the fault that strikes it. */
export function modelPlatform(conditions: Conditions, meet: (call: Call) => Promise<PlatformFault | undefined>) {
  const files = new Map<string, RemoteFile & { createdAt: number }>();
  const jobs: ModelJob[] = [];
  const standing = new Map<string, { model: string; createdAt: number }>();
  let vanishes = conditions.vanishes;
  let ids = 0;
  const listed = ({ createdAt }: { createdAt: number }) => Date.now() >= createdAt + conditions.lagMs;

  async function during<T>(call: Call, effect: (twin: boolean) => T): Promise<T> {
    const fault = await meet(call);
    if (fault === 'down') throw failure('platform_unavailable', 'yes');
    if (fault === 'refused') throw failure('rate_limited', 'yes');
    if (fault === 'blind') throw failure('refused', 'never');
    const answer = effect(false);
    if (fault === 'lost') throw failure('answer_lost', 'unsure');
    return fault === 'twice' ? effect(true) : answer;
  }
  const job = (id: string): ModelJob => {
    const found = jobs.find((one) => one.id === id);
    if (!found) throw failure('not_found', 'never');
    return found;
  };
  const seen = (one: ModelJob): RemoteJob => shown(one, conditions, Date.now());
  const changed = (id: string, change: (one: ModelJob) => void): RemoteJob => {
    if (!ended.includes(seen(job(id)).state)) change(job(id));
    return seen(job(id));
  };

  const { deployMs } = conditions;
  const deployments: Deployments = {
    existing: () => undefined,
    configured: [],
    hourlyUsd: () => 7,
    create: async ({ name, model }) =>
      await during('createDeployment', () => {
        if (!standing.has(name)) standing.set(name, { model, createdAt: Date.now() });
      }),
    state: async (name) =>
      await during('deploymentState', () => {
        const one = standing.get(name);
        if (!one) return 'gone';
        return Date.now() < one.createdAt + (deployMs ?? 0) ? 'creating' : 'ready';
      }),
    remove: async (name) => await during('removeDeployment', () => void standing.delete(name)),
    find: async () => [...standing].map(([name, one]) => ({ name, ...one })),
  };
  /** The model behind the name by which it is asked. */
  const modelBehind = (name: string): string => {
    if (deployMs === undefined) return name;
    if (vanishes) standing.delete(name);
    vanishes = false;
    const one = standing.get(name);
    if (one) return one.model;
    throw failure('model_not_found', 'never', 404);
  };

  const platform: ModelPlatform = {
    name: 'model',
    simulated: true,
    capabilities: {
      methods: ['supervised', 'dpo'],
      pause: true,
      listLagMs: settleMs,
      modelReadyMs: 60_000,
      uniqueKeys: false,
      webhooks: false,
    },
    minimumExamples: 10,
    uploadBytes: 1_000_000,
    jobs,
    files,
    standing,
    ...(deployMs === undefined ? {} : { deployments }),
    stateOf: seen,
    catalogueEntry: (model) => (model === entry.id ? entry : undefined),
    catalogueModels: [entry],
    checkAccess: async () => undefined,
    listModels: async () => undefined,
    getModel: async (id) => ({ id }),
    deleteModel: async () => undefined,
    deleteModelCommand: (id) => `delete ${id}`,
    listHoldings: async () => ({ files: [...files.values()], jobs: [], models: new Set() }),
    findFiles: async (prefix) =>
      await during('findFiles', () =>
        [...files.values()].filter((file) => listed(file) && file.name.startsWith(prefix)),
      ),
    uploadFile: async ({ name, bytes }) =>
      await during('uploadFile', () => {
        const file = { id: `file-${++ids}`, name, bytes, createdAt: Date.now() };
        files.set(file.id, file);
        return file;
      }),
    isFileReady: async () => true,
    deleteFile: async (id) => await during('deleteFile', () => void files.delete(id)),
    findJobs: async ({ key }) =>
      await during('findJobs', () => jobs.filter((one) => listed(one) && one.spec.key === key).map(seen)),
    createJob: async (spec) =>
      await during('createJob', (twin) => {
        const createdAt = Date.now();
        const made = { id: `job-${++ids}`, spec, twin, createdAt, trainsFrom: createdAt };
        jobs.push(made);
        return seen(made);
      }),
    getJob: async (id) => await during('getJob', () => seen(job(id))),
    cancelJob: async (id) =>
      await during('cancelJob', () => changed(id, (one) => (one.stopAt ??= Date.now() + conditions.stopMs))),
    pauseJob: async (id) => await during('pauseJob', () => changed(id, (one) => (one.pausedAt ??= Date.now()))),
    resumeJob: async (id) =>
      await during('resumeJob', () =>
        changed(id, (one) => {
          one.trainsFrom += Date.now() - (one.pausedAt ?? Date.now());
          one.pausedAt = undefined;
        }),
      ),
    newEvents: async () => [],
    listCheckpoints: async () => [],
    trainingCurve: async () => [],
    jobUrl: () => undefined,
    chat: async ({ model }) =>
      await during('chat', () => {
        const asked = modelBehind(model);
        const made = jobs.find((one) => nameOf(one) === asked);
        if (made && Date.now() < readyAt(made, conditions)) throw failure('not_found', 'never', 404);
        return { text: made ? 'billing' : 'shipping', inputTokens: 10, outputTokens: 1 };
      }),
    verifyWebhook: async () => undefined,
  };
  return platform;
}

const ended: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

function nameOf({ id, spec }: ModelJob): string {
  return `ft:${spec.model}:${id}`;
}

/** Milliseconds since the epoch at which a job has trained, unless it is stopped or paused before. */
function doneAt({ trainsFrom }: ModelJob, { trainingMs }: Conditions): number {
  return trainsFrom + trainingMs;
}

function readyAt(job: ModelJob, conditions: Conditions): number {
  return doneAt(job, conditions) + conditions.namelessMs + conditions.silentMs;
}

function shown(job: ModelJob, conditions: Conditions, now: number): RemoteJob {
  const { id, spec, stopAt, pausedAt, createdAt } = job;
  const base = { id, trainingFileId: spec.trainingFileId, model: null, trainedTokens: 1_000 };
  const as = (state: JobState, platformStatus: string = state) => ({ ...base, state, platformStatus });
  const done = doneAt(job, conditions);
  const until = Math.min(pausedAt ?? now, stopAt ?? now, now);
  if (done <= until) {
    if (conditions.fails) return { ...as('failed'), error: { code: 'bad_data', message: 'It did not converge.' } };
    return { ...as('succeeded'), model: now < done + conditions.namelessMs ? null : nameOf(job) };
  }
  if (stopAt !== undefined && now >= stopAt) return as('cancelled');
  if (pausedAt !== undefined) return as('paused');
  return now < createdAt + conditions.unknownMs ? as('unknown', 'pondering') : as('running');
}

function failure(code: TunewrightError['code'], retry: TunewrightError['retry'], status?: number): TunewrightError {
  return new TunewrightError(code, `The platform's answer: ${code}.`, {
    advice: 'Wait.',
    retry,
    ...(status ? { status } : {}),
  });
}
