import type { Member, Reservation, ReservationAnswer } from '../../contract/account.ts';

/** A month's money, US dollars. */
export interface Month {
  /** YYYY-MM, UTC. */
  month: string;
  spentUsd: number;
  /** Promised to attempts under way. */
  reserved: (Member & { usd: number })[];
  /** As last configured. */
  budgetUsd: number;
}

/** Older months are of no use to a decision. */
const keptMonths = 13;

/**
 * Promises an attempt its estimate where the month's budget allows it, or a person does. Asked again it stays promised, as the
 * sum that is asked for then.
 */
export function reserve(months: Month[], asked: Reservation, now: number): ReservationAnswer {
  const { key, run, usd, monthlyBudgetUsd, approved } = asked;
  for (const month of months) {
    const promised = month.reserved.find((one) => one.key === key);
    if (!promised) continue;
    promised.usd = usd;
    return { reserved: true, month: month.month, committedUsd: committed(month) - usd };
  }
  const month = monthOf(now);
  const current = months.find((one) => one.month === month) ?? begin(months, month, monthlyBudgetUsd);
  current.budgetUsd = monthlyBudgetUsd;
  const committedUsd = committed(current);
  const reserved = approved || committedUsd + usd <= monthlyBudgetUsd;
  if (reserved) current.reserved.push({ key, run, usd });
  return { reserved, month, committedUsd };
}

/** What was promised is replaced by what was spent, in the month in which it was promised. */
export function settle(months: readonly Month[], key: string, spentUsd: number): void {
  for (const month of months) {
    if (!month.reserved.some((one) => one.key === key)) continue;
    month.reserved = month.reserved.filter((one) => one.key !== key);
    month.spentUsd += spentUsd;
  }
}

/** What an attempt of which nobody tells the end is taken to have cost: its estimate. */
export function settleAsEstimated(months: readonly Month[], key: string): void {
  const promised = months.flatMap(({ reserved }) => reserved).find((one) => one.key === key);
  if (promised) settle(months, key, promised.usd);
}

export function reservedUsd({ reserved }: Month): number {
  return reserved.reduce((sum, { usd }) => sum + usd, 0);
}

function committed(month: Month): number {
  return month.spentUsd + reservedUsd(month);
}

function begin(months: Month[], month: string, budgetUsd: number): Month {
  const begun: Month = { month, spentUsd: 0, reserved: [], budgetUsd };
  months.push(begun);
  while (months.length > keptMonths && months[0]?.reserved.length === 0) months.shift();
  return begun;
}

function monthOf(now: number): string {
  return new Date(now).toISOString().slice(0, 7);
}
