import { rewardOf } from '../contract/reward.ts';
import type { JobSummary } from '../contract/run.ts';
import { activities } from './activities.ts';
import { freeSlot, takeSlot } from './fleet.ts';
import { type Prices, trainingCost } from './rules.ts';
import type { Run } from './run.ts';
import { enter } from './stage.ts';
import { together } from './together.ts';
import { createJob, jobEnded } from './training.ts';

type UploadedPart = Parameters<typeof activities.uploadFile>[1]['file'];

/** What a model is trained with, beside the run's configuration. */
export interface Training {
  parts: { train: UploadedPart; validation?: UploadedPart };
  prices: Prices;
  /** Where the connection has such a limit. */
  jobsAtOnce: number | undefined;
  /** Told of the job before it is waited for. */
  onJob?(job: JobSummary): Promise<void>;
}

/** Uploads the files, creates the job and waits for its end: each of them once. */
export async function train(run: Run, { parts, prices, jobsAtOnce, onJob }: Training): Promise<JobSummary> {
  const { config } = run.input;
  const { now } = run.progress;
  const { model, method, hyperparameters, seed, evaluation } = config;
  const reward = rewardOf(config);

  await enter(run, 'upload');
  run.uploadBegun = true;
  const [training, validation] = await together([
    async () => await upload(run, 'train', parts.train),
    async () => parts.validation && (await upload(run, 'validation', parts.validation)),
  ]);

  await enter(run, 'train');
  if (jobsAtOnce !== undefined) {
    await takeSlot(run, jobsAtOnce);
    await run.control.unlessPaused();
  }
  now.job = await createJob(run, {
    key: run.key,
    runName: run.name,
    model,
    trainingFileId: training,
    validationFileId: validation,
    method,
    hyperparameters,
    reward: reward && { grader: reward, maxOutputTokens: evaluation.maxOutputTokens },
    seed,
    suffix: config.suffix ?? config.name?.slice(0, 18),
  });
  run.progress.publish();
  await onJob?.(now.job);
  now.job = await jobEnded(run, now.job);
  now.cost = { ...now.cost, ...trainingCost([now.job, ...run.stoppedJobs], prices) };
  if (jobsAtOnce !== undefined) await freeSlot(run);
  return now.job;
}

async function upload(run: Run, role: 'train' | 'validation', file: UploadedPart): Promise<string> {
  const { connection } = run.input.config;
  const remote = await activities.uploadFile(`Upload the ${role} file`, { connection, key: run.key, role, file });
  run.files.push(remote.id);
  return remote.id;
}
