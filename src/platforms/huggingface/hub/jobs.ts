import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { TunewrightError } from '../../../contract/errors.ts';
import type { HeldJob, JobSpec, JobState, RemoteJob, TrainingPlatform } from '../../platform.ts';
import { tunedModel } from '../../trainer/names.ts';
import { settled } from '../../trainer/tuning.ts';
import type { HubJobs, HuggingFaceSettings } from '../settings.ts';
import type { Hub } from './client.ts';
import type { Files } from './files.ts';

type JobMethods = Pick<TrainingPlatform, 'findJobs' | 'createJob' | 'getJob' | 'cancelJob' | 'pauseJob' | 'resumeJob'>;

export interface Jobs extends JobMethods {
  /** Every job whose key starts so; all pages are read. */
  held(prefix: string, signal?: AbortSignal): Promise<HeldJob[]>;
  keyOf(id: string, signal?: AbortSignal): Promise<string>;
}

/** As the service sends it, and huggingface_hub 2.4.0 reads it (`_jobs_api.py`). */
const jobShape = z.looseObject({
  id: z.string().min(1),
  createdAt: z.string(),
  status: z.looseObject({ stage: z.string(), message: z.string().nullish() }),
  labels: z.record(z.string(), z.string()).nullish(),
  environment: z.record(z.string(), z.unknown()).nullish(),
  durations: z.looseObject({ runningSecs: z.number().nullish() }).nullish(),
});
type Job = z.infer<typeof jobShape>;

/** What the machine is told, and keeps: tunewright_trainer/hub.py. */
const toldShape = z.looseObject({ tunedFrom: z.string(), trainingFile: z.string(), runName: z.string() });

/** What it is told that another run calls otherwise, though it trains the same. */
const ofTheRun: ReadonlySet<string> = new Set(['id', 'runName', 'trainingFile', 'validationFile']);

const keyLabel = 'tunewright_key';
/** Of trainings that a new job may go on with, the newest first. */
const mostEnded = 20;
const hourSeconds = 3600;

const states: Readonly<Record<string, JobState>> = {
  SCHEDULING: 'waiting',
  RUNNING: 'running',
  COMPLETED: 'succeeded',
  CANCELED: 'cancelled',
  ERROR: 'failed',
  DELETED: 'failed',
};
const ended: readonly JobState[] = ['succeeded', 'cancelled', 'failed'];

/** Names and labels are not unique there: a job is looked up by its label before it is created. */
export function hubJobs(
  settings: HuggingFaceSettings,
  own: HubJobs,
  hub: Hub,
  files: Files,
  servedAs: (model: string) => string,
): Jobs {
  const at = `/api/jobs/${encodeURIComponent(own.namespace)}`;

  async function list(query: string, signal: AbortSignal | undefined): Promise<Job[]> {
    const what = 'Listing jobs';
    const found: Job[] = [];
    let next: string | undefined = `${at}${query}`;
    while (next) {
      const page: Response = await hub.send(what, 'GET', next, { signal });
      found.push(...(await hub.read(what, async () => z.array(jobShape).parse(await page.json()))));
      next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(page.headers.get('link') ?? '')?.[1];
    }
    return found;
  }

  async function get(id: string, signal: AbortSignal | undefined): Promise<Job> {
    const what = 'Looking at the job';
    const answer = await hub.send(what, 'GET', `${at}/${encodeURIComponent(id)}`, { signal });
    return await hub.read(what, async () => jobShape.parse(await answer.json()));
  }

  /** Keys of jobs that were told the same but for their run, and have ended without a model: their checkpoints are nobody's. */
  async function endedAlike(job: ToldJob, signal: AbortSignal | undefined): Promise<string[]> {
    const training = trainingOf(JSON.parse(JSON.stringify(job)));
    const ended = (await list('', signal)).filter(
      (one) => hasFailed(one) && isDeepStrictEqual(trainingOf(told(one)), training),
    );
    ended.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
    const keys = ended.flatMap(({ labels }) => labels?.[keyLabel] ?? []);
    return [...new Set(keys)].slice(0, mostEnded);
  }

  async function remoteJob(job: Job): Promise<RemoteJob> {
    const { id, status, durations, labels } = job;
    const state = states[status.stage] ?? 'unknown';
    const { tunedFrom, trainingFile } = told(job);
    const seconds = durations?.runningSecs;
    return {
      id,
      state,
      platformStatus: status.stage,
      model: null,
      trainingFileId: trainingFile,
      ...(typeof seconds === 'number' ? { trainingUsd: (seconds / hourSeconds) * own.hourlyUsd } : {}),
      ...(state === 'succeeded' || state === 'failed' ? await outcome(state) : {}),
    };

    async function outcome(of: 'succeeded' | 'failed'): Promise<Partial<RemoteJob>> {
      const key = labels?.[keyLabel] ?? '';
      const { error, ...result } = (await files.result(key)) ?? { error: undefined };
      if (of === 'succeeded' && result.trainedTokens !== undefined)
        return { ...result, model: tunedModel(tunedFrom, key) };
      // What is not pushed before a machine goes is lost.
      const unknown = { code: 'no_result', message: status.message ?? 'The machine has left no result.' };
      return { state: 'failed', error: error ?? unknown };
    }
  }

  return {
    async findJobs({ key }, signal) {
      const found = await list(`?label=${encodeURIComponent(`${keyLabel}=${key}`)}`, signal);
      // A service that does not know the filter lists them all.
      return await Promise.all(found.filter(({ labels }) => labels?.[keyLabel] === key).map(remoteJob));
    },

    async createJob(spec, signal) {
      const what = 'Creating the job';
      const told = jobOf(settings, servedAs, spec);
      const body = requestOf(own, hub, told, await endedAlike(told, signal));
      const answer = await hub.send(what, 'POST', at, { body, signal });
      return await remoteJob(await hub.read(what, async () => jobShape.parse(await answer.json())));
    },

    getJob: async (id, signal) => await remoteJob(await get(id, signal)),

    async cancelJob(id, signal) {
      const before = await remoteJob(await get(id, signal));
      if (ended.includes(before.state)) return before;
      await hub.send('Cancelling the job', 'POST', `${at}/${encodeURIComponent(id)}/cancel`, { signal });
      return await remoteJob(await get(id, signal));
    },

    pauseJob: cannotPause,
    resumeJob: cannotPause,

    async held(prefix, signal) {
      const found = await list('', signal);
      const mine = found.filter(({ labels }) => labels?.[keyLabel]?.startsWith(prefix));
      return await Promise.all(
        mine.map(async (job) => ({
          ...(await remoteJob(job)),
          createdAt: Date.parse(job.createdAt),
          key: job.labels?.[keyLabel],
          runName: told(job).runName,
        })),
      );
    },

    keyOf: async (id, signal) => (await get(id, signal)).labels?.[keyLabel] ?? '',
  };
}

type ToldJob = ReturnType<typeof jobOf>;

function jobOf({ training }: HuggingFaceSettings, servedAs: (model: string) => string, spec: JobSpec) {
  return {
    id: spec.key,
    model: servedAs(spec.model),
    tunedFrom: spec.model,
    runName: spec.runName,
    trainingFile: spec.trainingFileId,
    validationFile: spec.validationFileId,
    ...settled(spec, training),
  };
}

/** What two runs that train the same are told alike; the content of their data the machine compares. */
function trainingOf(job: object): object {
  return Object.fromEntries(Object.entries(job).filter(([name]) => !ofTheRun.has(name)));
}

function hasFailed({ status }: Job): boolean {
  const state = states[status.stage];
  return state === 'failed' || state === 'cancelled';
}

/** The trainer as a command of the image; the token alone is a secret, which Hugging Face keeps. */
function requestOf(own: HubJobs, hub: Hub, job: ToldJob, ended: readonly string[]): object {
  return {
    dockerImage: own.image,
    command: ['python', '-m', 'tunewright_trainer.hub'],
    arguments: [],
    flavor: own.flavor,
    timeoutSeconds: own.timeoutSeconds,
    // One that is begun again from its start would be paid again.
    attempts: 1,
    labels: { [keyLabel]: job.id },
    environment: {
      TUNEWRIGHT_JOB: JSON.stringify(job),
      TUNEWRIGHT_ENDED_JOBS: JSON.stringify(ended),
      TUNEWRIGHT_REPOSITORY: `${own.namespace}/${own.repository}`,
      TUNEWRIGHT_MODEL_REPOSITORY: `${own.namespace}/${job.id}`,
    },
    secrets: { HF_TOKEN: hub.token() },
  };
}

function told({ environment }: Job): z.infer<typeof toldShape> {
  try {
    return toldShape.parse(JSON.parse(String(environment?.TUNEWRIGHT_JOB)));
  } catch {
    // A job of somebody else.
    return { tunedFrom: '', trainingFile: '', runName: '' };
  }
}

async function cannotPause(): Promise<never> {
  throw new TunewrightError('refused', 'A job of Hugging Face cannot be paused.', {
    advice: 'Cancel the run, or let it train.',
  });
}
