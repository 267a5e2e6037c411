import { allHandlersFinished, CancellationScope, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import { overBudget } from '../contract/cost.ts';
import { progressQuery } from '../contract/messages.ts';
import { rewardOf } from '../contract/reward.ts';
import type { FineTuneInput, RunResult } from '../contract/run.ts';
import { runKey } from '../contract/run-key.ts';
import { basesOf } from '../contract/tries.ts';
import { activities } from './activities.ts';
import { type Access, accessTo, inspectFor } from './bases.ts';
import { Control } from './control.ts';
import { conclude, continueAs, windUp } from './ending.ts';
import { approval, leaveAccount, reserveMoney } from './fleet.ts';
import { Progress } from './progress.ts';
import { championOf, prove, reportOf } from './proof.ts';
import { newRun, type Run } from './run.ts';
import { enter } from './stage.ts';
import { keepRecord, tellEnd } from './telling.ts';
import { train } from './train.ts';
import { tryAll } from './tries/index.ts';

/** One run: a data set becomes a model that has been compared with its base, or a reason why not. */
export async function fineTune(input: FineTuneInput): Promise<RunResult> {
  const progress = new Progress(input);
  const control = new Control(progress);
  setHandler(progressQuery, () => progress.now);
  const key = runKey(workflowInfo().firstExecutionRunId, input.attempt);
  const run = newRun({ name: workflowInfo().workflowId, input, progress, control, key });

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
  const { connection, method } = config;
  const { now } = run.progress;
  const bases = basesOf(config);
  const [model] = bases as [string];
  const reward = rewardOf(config);

  await enter(run, 'inspect');
  const sources = await inspectFor(bases, config);

  await enter(run, 'split');
  const parts = await activities.splitData('Set held-out examples aside', {
    connection,
    model,
    method,
    sources,
    split: config.split,
    evaluation: config.evaluation,
    gate: config.register ? config.gate : undefined,
    reward,
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
  const accesses = await accessTo(bases, config);
  const access = accesses.get(model) as Access;
  now.platform = access.platform;
  now.cost.simulated = access.simulated;
  const { jobsAtOnce, monthlyBudgetUsd } = access;
  if (monthlyBudgetUsd !== undefined) await reserveMoney(run, estimate.usd, monthlyBudgetUsd);

  const { prices, tries } = estimate;
  const trained = tries
    ? await tryAll(run, { parts, jobsAtOnce, estimates: tries, accesses })
    : { job: await train(run, { parts, jobsAtOnce, prices }), prices, access };

  await enter(run, 'warmup');
  const proof = await prove(run, { ...trained, parts, champion });
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
    job: trained.job,
    ...(now.tries ? { tries: now.tries } : {}),
    comparison,
    rivals,
    verdict,
    ...(registered ? { registered } : {}),
    cost: now.cost,
    report: now.report,
  };
}

type RivalFigures = Awaited<ReturnType<typeof activities.compareModels>>['rivals'][number];
