import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

/** The workflow type that keeps the job slots and the month's money of one connection. */
export const accountType = 'account';

/** Its id: one a connection and task queue. */
export function accountName(taskQueue: string, connection: string): string {
  return `account-${taskQueue}-${connection}`;
}

/** One attempt of a run, as an account knows it. */
export interface Member {
  /** The key of the attempt: what asks again under it is the same. */
  key: string;
  /** The workflow id. */
  run: string;
}

export interface SlotRequest extends Member {
  /** The base model: models share the slots evenly. */
  model: string;
  /** 1 goes first, 5 last. */
  priority: number;
  /** How many jobs the connection may have at once, as the worker that asks is configured. */
  jobsAtOnce: number;
}

/** Where a request stands. */
export interface SlotAnswer {
  granted: boolean;
  /** From 1, and how many wait; absent when granted. */
  position?: number;
  of?: number;
}

export interface Reservation extends Member {
  /** US dollars that the run is estimated to cost. */
  usd: number;
  monthlyBudgetUsd: number;
  /** A person has approved it, whatever the month's budget. */
  approved: boolean;
}

export interface ReservationAnswer {
  reserved: boolean;
  /** YYYY-MM, UTC. */
  month: string;
  /** What the month's runs have spent and what is promised to those under way, US dollars, without this one. */
  committedUsd: number;
}

/** What a run that ends, or no longer needs its slot, tells its account. */
export interface Leave {
  key: string;
  /** What it has really cost, US dollars; absent while it goes on. */
  spentUsd?: number;
}

/** An account as people see it; money in US dollars. */
export interface AccountView {
  jobsAtOnce: number | null;
  holding: (Member & { model: string; since: string })[];
  /** In the order in which they will get a slot. */
  waiting: (Member & { model: string; priority: number; since: string })[];
  months: { month: string; spentUsd: number; reservedUsd: number; budgetUsd: number | null }[];
}

export const requestSlotSignal = defineSignal<[SlotRequest]>('requestSlot');
export const leaveSignal = defineSignal<[Leave]>('leave');
/** By the key of an attempt; undefined for one that the account does not know. */
export const slotQuery = defineQuery<SlotAnswer | undefined, [string]>('slot');
export const accountQuery = defineQuery<AccountView>('account');
export const reserveUpdate = defineUpdate<ReservationAnswer, [Reservation]>('reserve');
