import { allHandlersFinished, CancellationScope, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import { progressQuery } from '../contract/messages.ts';
import type { FineTuneInput, RunResult } from '../contract/run.ts';
import { runKey } from '../contract/run-key.ts';
import { activities } from './activities.ts';
import { Control } from './control.ts';
import { conclude, continueAs, windUp } from './ending.ts';
import { approval, freeSlot, leaveAccount, reserveMoney, takeSlot } from './fleet.ts';
import { Progress } from './progress.ts';
import { championOf, prove, reportOf } from './proof.ts';
import { overBudget, trainingCost } from './rules.ts';
import type { Run } from './run.ts';
import { keepRecord, tellEnd } from './telling.ts';
import { together } from './together.ts';
import { createJob, jobEnded } from './training.ts';

/** The platform's clock may be behind, and it tells whole seconds. */
const clockSkewMs = 3_600_000;

/** One run: a data set becomes a model that has been compared with its base, or a reason why not. */
export async function fineTune(input: FineTuneInput): Promise<RunResult> {
  const progress = new Progress(input);
  const control = new Control(progress);
  setHandler(progressQuery, () => progress.now);
  const run: Run = {
    input,
    progress,
    control,
    key: runKey(workflowInfo().firstExecutionRunId, input.attempt),
    since: Date.now() - clockSkewMs,
    files: [],
    stoppedJobs: [],
    uploadBegun: false,
    createBegun: false,
    deployed: undefined,
    inAccount: false,
    evaluations: [],
    prices: undefined,
  };

  let result: RunResult;
  try {
    result = await control.scope.run(() => story(run));
  } catch (error) {
    const stopped = await CancellationScope.nonCancellable(() => windUp(run, error));
    await CancellationScope.nonCancellable(() => leaveAccount(run));
    await CancellationScope.nonCancellable(() => keepRecord(run));
    await CancellationScope.nonCancellable(() => tellEnd(run));
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    // What could not be stopped is still being paid: nothing is begun beside it.
    if (stopped && control.continuation) return await continueAs(run, control.continuation);
    throw conclude(run, error);
  }
  // A cancellation that comes after the end takes no result away.
  await CancellationScope.nonCancellable(() => leaveAccount(run));
  await CancellationScope.nonCancellable(() => keepRecord(run));
  await CancellationScope.nonCancellable(() => tellEnd(run));
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  if (control.continuation) return await continueAs(run, control.continuation);
  return result;
}

async function story(run: Run): Promise<RunResult> {
  const { config } = run.input;
  const { connection, model, method } = config;
  const { now } = run.progress;

  await enter(run, 'inspect');
  const sources = await activities.inspectData(`Check ${config.data.train}`, {
    connection,
    model,
    method,
    data: config.data,
    split: config.split,
    evaluation: config.evaluation,
  });

  await enter(run, 'split');
  const parts = await activities.splitData('Set held-out examples aside', {
    connection,
    model,
    method,
    sources,
    split: config.split,
    evaluation: config.evaluation,
  });
  now.data = parts.summary;

  await enter(run, 'estimate');
  const champion = await championOf(run);
  const estimate = await activities.estimateCost(`Estimate; budget $${config.budgetUsd}`, {
    config,
    data: parts.summary,
    ...(champion ? { champion: champion.prices } : {}),
  });
  run.prices = estimate.prices;
  now.cost = { ...now.cost, estimatedUsd: estimate.usd, pricesOf: estimate.prices.checked };
  if (estimate.usd > config.budgetUsd)
    await approval(run, 'over_budget', ...overBudget(estimate.usd, config.budgetUsd));

  await enter(run, 'access');
  const { minimumLifeDays } = config;
  const access = await activities.checkAccess(`Check access to ${model}`, {
    connection,
    model,
    method,
    minimumLifeDays,
    grader: config.evaluation.grader,
    ...(config.stopEarly ? { stopEarly: true } : {}),
  });
  now.platform = access.platform;
  now.cost.simulated = access.simulated;
  const { jobsAtOnce, monthlyBudgetUsd } = access;
  if (monthlyBudgetUsd !== undefined) await reserveMoney(run, estimate.usd, monthlyBudgetUsd);

  await enter(run, 'upload');
  run.uploadBegun = true;
  const [training, validation] = await together([
    async () => await upload(run, 'train', parts.train),
    async () => parts.validation && (await upload(run, 'validation', parts.validation)),
  ]);

  await enter(run, 'train');
  if (jobsAtOnce !== undefined) await takeSlot(run, jobsAtOnce);
  now.job = await createJob(run, {
    key: run.key,
    runName: now.name,
    model,
    trainingFileId: training,
    validationFileId: validation,
    method,
    hyperparameters: config.hyperparameters,
    seed: config.seed,
    suffix: config.suffix ?? config.name?.slice(0, 18),
  });
  run.progress.publish();
  now.job = await jobEnded(run, now.job);
  now.cost = { ...now.cost, ...trainingCost([now.job, ...run.stoppedJobs], estimate.prices) };
  if (jobsAtOnce !== undefined) await freeSlot(run);

  await enter(run, 'warmup');
  const proof = await prove(run, { job: now.job, parts, access, prices: estimate.prices, champion });
  const { compared, registered } = proof;

  await enter(run, 'report');
  now.report = await activities.writeReport('Write the report', reportOf(run, proof));
  run.progress.end('succeeded');
  const { comparison, verdict } = compared;
  const rivals = proof.rivals.map((rival, at) => ({ ...rival, ...(compared.rivals[at] as RivalFigures) }));
  return {
    name: now.name,
    runId: now.runId,
    model: proof.model,
    job: now.job,
    comparison,
    rivals,
    verdict,
    ...(registered ? { registered } : {}),
    cost: now.cost,
    report: now.report,
  };
}

/** Begins a stage, unless the run is paused: then when it is resumed. */
async function enter(run: Run, stage: Run['progress']['now']['stage']): Promise<void> {
  await run.control.unlessPaused();
  run.progress.enter(stage);
}

async function upload(run: Run, role: 'train' | 'validation', file: UploadedPart): Promise<string> {
  const { connection } = run.input.config;
  const remote = await activities.uploadFile(`Upload the ${role} file`, { connection, key: run.key, role, file });
  run.files.push(remote.id);
  return remote.id;
}
type RivalFigures = Awaited<ReturnType<typeof activities.compareModels>>['rivals'][number];
type UploadedPart = Parameters<typeof activities.uploadFile>[1]['file'];
