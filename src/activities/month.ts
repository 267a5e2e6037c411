import { activityInfo } from '@temporalio/activity';
import { dollars, monthUsed } from '../contract/cost.ts';
import { TunewrightError } from '../contract/errors.ts';
import { runKey } from '../contract/run-key.ts';
import type { Platforms } from '../platforms/registry.ts';
import { reserveIn } from './account.ts';

/** A sum of the month's budget of a connection, for what a workflow that is no run has asked there. */
export interface MonthsShare {
  /** Promises what it is expected to cost. Throws `over_monthly_budget`: nothing has been asked. */
  promise(usd: number): Promise<void>;
  /** What it has cost takes that place. It counts as spent when the workflow has ended, as of any that has died. */
  count(usd: number): Promise<void>;
}

/**
 * Asked again by another attempt it is the same share. Does nothing where the connection has no such budget.
 *
 * @param what tells shares of one workflow apart
 */
export function monthsShare(platforms: Platforms, connection: string, what: string): MonthsShare {
  const monthlyBudgetUsd = platforms.monthlyBudgetUsd(connection);

  async function reserve(usd: number, approved: boolean): Promise<void> {
    if (monthlyBudgetUsd === undefined) return;
    const { workflowId: run, runId } = activityInfo().workflowExecution ?? {};
    if (run === undefined || runId === undefined) return;
    const asked = { key: `${runKey(runId, 1)}-${what}`, run, usd, monthlyBudgetUsd, approved };
    const answer = await reserveIn(connection, asked);
    if (answer.reserved) return;
    throw new TunewrightError(
      'over_monthly_budget',
      `${monthUsed(connection, answer, monthlyBudgetUsd)}; what is to be asked there would cost about ${dollars(usd)}.`,
      { advice: 'Wait for the next month, raise monthlyBudgetUsd of the connection, or ask less: --distil-budget.' },
    );
  }

  return {
    promise: async (usd) => await reserve(usd, false),
    // It has been paid, whatever the budget.
    count: async (usd) => await reserve(usd, true),
  };
}
