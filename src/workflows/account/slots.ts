import type { SlotAnswer, SlotRequest } from '../../contract/account.ts';

/** A request with the time at which it came or was granted, milliseconds since the epoch. */
export type Placed = SlotRequest & { at: number };

export interface Slots {
  jobsAtOnce: number | null;
  holding: Placed[];
  /** In the order in which they came. */
  waiting: Placed[];
}

/** Takes a request up; one that is known already only brings the newest limit. */
export function request(slots: Slots, asked: SlotRequest, now: number): void {
  slots.jobsAtOnce = asked.jobsAtOnce;
  const known = [...slots.holding, ...slots.waiting].some(({ key }) => key === asked.key);
  if (!known) slots.waiting.push({ ...asked, at: now });
  grant(slots, now);
}

/** Frees the slot of an attempt, or takes it out of the queue. */
export function leave(slots: Slots, key: string, now: number): void {
  slots.holding = slots.holding.filter((one) => one.key !== key);
  slots.waiting = slots.waiting.filter((one) => one.key !== key);
  grant(slots, now);
}

export function answerTo({ holding, waiting, jobsAtOnce }: Slots, key: string): SlotAnswer | undefined {
  if (holding.some((one) => one.key === key)) return { granted: true };
  const position = order({ holding, waiting, jobsAtOnce }).findIndex((one) => one.key === key) + 1;
  return position > 0 ? { granted: false, position, of: waiting.length } : undefined;
}

/** Everyone who waits, in the order in which slots will be given: were none given back but one after the other. */
export function order({ holding, waiting }: Slots): Placed[] {
  const ordered: Placed[] = [];
  const left = [...waiting];
  for (let next = firstOf(holding, left); next; next = firstOf([...holding, ...ordered], left)) {
    ordered.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return ordered;
}

function grant(slots: Slots, now: number): void {
  const free = (slots.jobsAtOnce ?? Number.POSITIVE_INFINITY) - slots.holding.length;
  if (free <= 0) return;
  for (const next of order(slots).slice(0, free)) {
    slots.waiting = slots.waiting.filter((one) => one !== next);
    slots.holding.push({ ...next, at: now });
  }
}

/** By priority, then of the model with the fewest slots, then whoever came first. */
function firstOf(holding: readonly Placed[], waiting: readonly Placed[]): Placed | undefined {
  const used = (model: string) => holding.filter((one) => one.model === model).length;
  let first: Placed | undefined;
  for (const one of waiting) {
    const ahead =
      first === undefined ||
      one.priority < first.priority ||
      (one.priority === first.priority && used(one.model) < used(first.model));
    if (ahead) first = one;
  }
  return first;
}
