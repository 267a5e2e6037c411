import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startTraining, type TrainingHandle } from '../learner/index.ts';
import type { ModelRecord } from '../models.ts';
import type { Services } from '../services.ts';
import { checkTrainingFile, type FileCheck, unsafeFile } from './check-file.ts';
import type { EpochRecord, JobRecord, StepRecord } from './record.ts';

/** A job that is not over, with what its learner has computed so far. */
export interface ActiveJob {
  job: JobRecord;
  /** Computed steps and epochs that clients have not seen, in order. */
  steps: StepRecord[];
  epochs: EpochRecord[];
  /** The last step and epoch end computed, seen or not. */
  lastStep: number;
  lastEpoch: EpochRecord | undefined;
  /** Whether a check or the writing of results is under way. */
  busy: boolean;
  training: TrainingHandle | undefined;
}

/** In a job's folder: the weights of the tuned model that it goes on from. */
const START = 'start.weights';

/** Folder of a job's weights, relative to the data folder. */
export const jobFolder = (job: JobRecord) => join('jobs', job.id);

/** A job's state in memory, from what the store holds of it. */
export function loadActive({ store }: Services, job: JobRecord): ActiveJob {
  const steps = store.list<StepRecord>('step', { parent: job.id, order: 'asc' });
  const epochs = store.list<EpochRecord>('epoch', { parent: job.id, order: 'asc' });
  // Stored with the steps; the job itself may have been written before the first of them.
  job.totalSteps = steps.at(-1)?.metrics.totalSteps ?? job.totalSteps;
  return {
    job,
    steps: steps.filter((step) => step.metrics.step > job.shownStep),
    epochs: epochs.filter((epoch) => epoch.step > job.shownStep),
    lastStep: steps.at(-1)?.metrics.step ?? 0,
    lastEpoch: epochs.at(-1),
    busy: false,
    training: undefined,
  };
}

/**
 * Checks a job's files. They and the weights of the model that it goes on from are linked into its folder first, so that
 * deleting them later does no harm.
 */
export async function checkFiles(services: Services, job: JobRecord): Promise<FileCheck> {
  const folder = join(services.dataDir, jobFolder(job));
  await mkdir(folder, { recursive: true });
  await linkFile(services.blobs.path(job.trainingFile), join(folder, 'train.jsonl'));
  const parent = services.store.get<ModelRecord>('model', job.model);
  if (parent) await linkFile(join(services.dataDir, parent.weights), join(folder, START));
  const maxExampleTokens = services.catalogue.find(job.base)?.maxExampleTokens ?? Number.POSITIVE_INFINITY;
  const found = await checkTrainingFile(join(folder, 'train.jsonl'), job.method, { maxExampleTokens });
  if (!found.ok) return found;
  if (job.fault?.unsafeFile) return unsafeFile(found.examples, found.examples);
  if (job.validationFile === null) return found;
  await linkFile(services.blobs.path(job.validationFile), join(folder, 'validation.jsonl'));
  const validation = await checkTrainingFile(join(folder, 'validation.jsonl'), job.method, {
    maxExampleTokens,
    minExamples: 1,
  });
  return validation.ok ? found : validation;
}

/** Starts (or goes on with) the learning of a job whose files were checked. */
export function learn(services: Services, active: ActiveJob): TrainingHandle {
  const { job } = active;
  const inData = (path: string) => join(services.dataDir, path);
  const { n_epochs, batch_size, learning_rate_multiplier, beta } = job.hyperparameters;
  return startTraining({
    trainFile: inData(join(jobFolder(job), 'train.jsonl')),
    ...(job.validationFile !== null && { validationFile: inData(join(jobFolder(job), 'validation.jsonl')) }),
    hyperparameters: {
      nEpochs: Number(n_epochs),
      batchSize: Number(batch_size),
      learningRateMultiplier: Number(learning_rate_multiplier),
      seed: job.seed,
    },
    ...(job.method === 'dpo' && { preference: { beta: Number(beta) } }),
    ...(job.grader && { grader: job.grader }),
    ...(job.model !== job.base && { startFrom: inData(join(jobFolder(job), START)) }),
    checkpointDir: inData(jobFolder(job)),
    ...(active.lastEpoch && { resumeFrom: inData(active.lastEpoch.weights) }),
  });
}

/** Removes from a job's folder all that no model of the job needs. */
export async function tidy(services: Services, job: JobRecord): Promise<void> {
  const kept = new Set(
    services.store
      .list<ModelRecord>('model', { where: { field: 'jobId', value: job.id } })
      .map((model) => model.weights),
  );
  const folder = jobFolder(job);
  const names = await readdir(join(services.dataDir, folder)).catch(() => []);
  for (const name of names) {
    if (!kept.has(join(folder, name))) await rm(join(services.dataDir, folder, name), { recursive: true, force: true });
  }
  if (kept.size === 0) await rm(join(services.dataDir, folder), { recursive: true, force: true });
}

async function linkFile(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  // Some file systems have no hard links.
  await link(from, to).catch(() => copyFile(from, to));
}
