import { activityInfo } from '@temporalio/activity';
import { dollars, monthUsed } from '../contract/cost.ts';
import { TunewrightError } from '../contract/errors.ts';
import { runKey } from '../contract/run-key.ts';
import type { Platforms } from '../platforms/registry.ts';
import { reserveIn } from './account.ts';

/** A sum of the month's budget of a connection, for what a workflow that is no run has asked there. */
export interface MonthsShare {
  /**
   * Promises what it is expected to cost. Throws `over_monthly_budget`: nothing has been asked.
   *
   * @param less how less is asked
   */
  promise(usd: number, less: string): Promise<void>;
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

  /** Undefined where it is promised, or where there is no budget. */
  async function refused(usd: number, approved: boolean): Promise<string | undefined> {
    if (monthlyBudgetUsd === undefined) return undefined;
    const { workflowId: run, runId } = activityInfo().workflowExecution ?? {};
    if (run === undefined || runId === undefined) return undefined;
    const asked = { key: `${runKey(runId, 1)}-${what}`, run, usd, monthlyBudgetUsd, approved };
    const answer = await reserveIn(connection, asked);
    if (answer.reserved) return undefined;
    return `${monthUsed(connection, answer, monthlyBudgetUsd)}; what is to be asked there would cost about ${dollars(usd)}.`;
  }

  return {
    async promise(usd, less) {
      const message = await refused(usd, false);
      if (message === undefined) return;
      throw new TunewrightError('over_monthly_budget', message, {
        advice: `Wait for the next month, raise monthlyBudgetUsd of the connection, or ask less: ${less}.`,
      });
    },
    async count(usd) {
      // It has been paid, whatever the budget.
      await refused(usd, true);
    },
  };
}

/** What is asked at a connection, US dollars. */
export interface Asked {
  connection: string;
  usd: number;
}

/** Promises what is asked at each connection, or nothing at any. Throws `over_monthly_budget`. */
export async function promiseEach(
  platforms: Platforms,
  what: string,
  asked: readonly Asked[],
  less: string,
): Promise<void> {
  const promised: MonthsShare[] = [];
  try {
    for (const [connection, usd] of byConnection(asked)) {
      const share = monthsShare(platforms, connection, what);
      await share.promise(usd, less);
      promised.push(share);
    }
  } catch (error) {
    for (const share of promised) await share.count(0);
    throw error;
  }
}

/** What was asked at each connection takes the place of what was promised. */
export async function countEach(platforms: Platforms, what: string, asked: readonly Asked[]): Promise<void> {
  for (const [connection, usd] of byConnection(asked)) await monthsShare(platforms, connection, what).count(usd);
}

function byConnection(asked: readonly Asked[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { connection, usd } of asked) sums.set(connection, (sums.get(connection) ?? 0) + usd);
  return sums;
}
