import { getExternalWorkflowHandle, workflowInfo } from '@temporalio/workflow';
import { accountName, leaveSignal } from '../contract/account.ts';
import { dollars, monthUsed, spentUsd } from '../contract/cost.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { activities } from './activities.ts';
import { namedFailure } from './failures.ts';
import type { Run } from './run.ts';

/** Promises the run its estimate in the month's budget of its connection; over it the run is refused or waits for a person. */
export async function reserveMoney(run: Run, usd: number, monthlyBudgetUsd: number): Promise<void> {
  const { connection } = run.input.config;
  const { name } = run.progress.now;
  for (let approved = false; ; approved = true) {
    run.inAccount = true;
    const answer = await activities.reserveMoney(`Reserve ${dollars(usd)} of the month`, connection, {
      key: run.key,
      run: name,
      usd,
      monthlyBudgetUsd,
      approved,
    });
    if (answer.reserved) return;
    const message = `${monthUsed(connection, answer, monthlyBudgetUsd)}; the run would cost about ${dollars(usd)}.`;
    const advice = 'Wait for the next month, raise monthlyBudgetUsd of the connection, or set overBudget: ask.';
    await approval(run, 'over_monthly_budget', message, advice);
  }
}

/** Returns when the run may go over a budget; throws where it was not to ask. */
export async function approval(run: Run, code: ErrorCode, message: string, advice: string): Promise<void> {
  if (run.input.config.overBudget === 'refuse') {
    throw namedFailure(code, message, advice);
  }
  await run.control.ask({
    code,
    message,
    choices: [{ name: 'approve', does: 'Goes on, though it may cost more than the budget.' }],
  });
}

/** Waits for one of the connection's job slots. */
export async function takeSlot(run: Run, jobsAtOnce: number): Promise<void> {
  const { connection, model, priority } = run.input.config;
  run.inAccount = true;
  await activities.takeSlot('Wait for a job slot', connection, {
    key: run.key,
    run: run.name,
    model,
    priority,
    jobsAtOnce,
  });
}

/** The job has ended: the next one may begin while this run is evaluated. */
export async function freeSlot(run: Run): Promise<void> {
  await tell(run, {});
}

/** The run has ended: its slot is freed, and what it has really cost takes the place of its estimate. */
export async function leaveAccount(run: Run): Promise<void> {
  const { cost: all, tries } = run.progress.now;
  // What the old model was asked was paid at another connection.
  const { askedUsd: _, ...cost } = all;
  // A platform that does not tell what a stopped job had trained is taken to bill all of it.
  const ownUsd = cost.trainingUsd ?? (run.createBegun ? (cost.estimatedUsd ?? 0) : 0);
  const trainingUsd = tries
    ? tries.reduce((sum, one) => sum + (one.cost.trainingUsd ?? (one.job ? one.cost.estimatedUsd : 0)), 0)
    : ownUsd;
  await tell(run, { spentUsd: spentUsd({ ...cost, trainingUsd }) ?? 0 });
}

async function tell(run: Run, news: { spentUsd?: number }): Promise<void> {
  if (!run.inAccount) return;
  const account = accountName(workflowInfo().taskQueue, run.input.config.connection);
  try {
    await getExternalWorkflowHandle(account).signal(leaveSignal, { key: run.key, ...news });
  } catch {
    // Somebody has ended the account: there is nothing to leave.
  }
}
