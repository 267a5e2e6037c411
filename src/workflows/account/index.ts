import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type AccountView,
  accountQuery,
  leaveSignal,
  type Member,
  requestSlotSignal,
  reserveUpdate,
  slotQuery,
} from '../../contract/account.ts';
import { activities } from '../activities.ts';
import { ofEveryVersion } from '../versions.ts';
import { type Month, reserve, reservedUsd, settle, settleAsEstimated } from './money.ts';
import { answerTo, leave, order, request, type Slots } from './slots.ts';

/** What an account passes on to its next execution. */
export interface AccountState {
  connection: string;
  slots: Slots;
  months: Month[];
}

/** Somebody waits: a run that has died must not hold the slot for long. */
const checkWhileWaiting = '1 minute';
const checkOtherwise = '30 minutes';
/** Long before Temporal warns: an account lives for years. */
const mostEvents = 4_000;

/** Keeps the job slots and the month's money of one connection; runs of that connection ask it, and leave it when they end. */
export async function account({ connection, slots, months }: AccountState): Promise<void> {
  let suspicious = false;
  setHandler(requestSlotSignal, (asked) => {
    request(slots, asked, Date.now());
    suspicious ||= !answerTo(slots, asked.key)?.granted;
  });
  setHandler(leaveSignal, ({ key, spentUsd }) => {
    leave(slots, key, Date.now());
    if (spentUsd !== undefined) settle(months, key, spentUsd);
  });
  setHandler(reserveUpdate, (asked) => reserve(months, asked, Date.now()));
  setHandler(slotQuery, (key) => answerTo(slots, key));
  setHandler(accountQuery, () => view(slots, months));

  const isFull = () => workflowInfo().historyLength > mostEvents || workflowInfo().continueAsNewSuggested;
  while (!isFull()) {
    await condition(() => isFull() || members(slots, months).length > 0);
    const interval = slots.waiting.length > 0 ? checkWhileWaiting : checkOtherwise;
    // Whoever has to wait lets the holders be looked at once, and again after a while.
    await condition(() => isFull() || suspicious, interval);
    suspicious = false;
    if (members(slots, months).length > 0) await dismissTheDead(connection, slots, months);
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof account>({ connection, slots, months });
}
setWorkflowOptions(ofEveryVersion, account);

/** Runs that were terminated tell nobody: their slots are freed, and what they were promised counts as spent. */
async function dismissTheDead(connection: string, slots: Slots, months: Month[]): Promise<void> {
  const gone = await activities.findEnded('Look for runs that ended without a word', {
    connection,
    members: members(slots, months),
  });
  for (const key of gone) {
    leave(slots, key, Date.now());
    settleAsEstimated(months, key);
  }
}

/** Everyone who holds a slot, waits for one or was promised money, each once. */
function members({ holding, waiting }: Slots, months: readonly Month[]): Member[] {
  const all = [...holding, ...waiting, ...months.flatMap(({ reserved }) => reserved)];
  return [...new Map(all.map(({ key, run }) => [key, { key, run }])).values()];
}

function view(slots: Slots, months: readonly Month[]): AccountView {
  const since = (at: number) => new Date(at).toISOString();
  return {
    jobsAtOnce: slots.jobsAtOnce,
    holding: slots.holding.map(({ key, run, model, at }) => ({ key, run, model, since: since(at) })),
    waiting: order(slots).map(({ key, run, model, priority, at }) => ({ key, run, model, priority, since: since(at) })),
    months: months.map((one) => ({
      month: one.month,
      spentUsd: one.spentUsd,
      reservedUsd: reservedUsd(one),
      budgetUsd: one.budgetUsd,
    })),
  };
}
