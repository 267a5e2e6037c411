import { answerTo, leave, order, request, type Slots } from '../../../src/workflows/account/slots.ts';

const empty = (jobsAtOnce: number): Slots => ({ jobsAtOnce, holding: [], waiting: [] });

function asked(
  slots: Slots,
  key: string,
  changes: { model?: string; priority?: number; jobsAtOnce?: number } = {},
): void {
  const { jobsAtOnce = slots.jobsAtOnce ?? 1 } = changes;
  request(slots, { key, run: `run-${key}`, model: 'm', priority: 3, ...changes, jobsAtOnce }, 0);
}
const keys = (all: readonly { key: string }[]) => all.map(({ key }) => key);

test('slots are given first come, first served, and no more than there are', () => {
  const slots = empty(2);
  for (const key of ['a', 'b', 'c', 'd']) asked(slots, key);
  expect(keys(slots.holding)).toEqual(['a', 'b']);
  expect(answerTo(slots, 'a')).toEqual({ granted: true });
  expect(answerTo(slots, 'd')).toEqual({ granted: false, position: 2, of: 2 });
  leave(slots, 'a', 0);
  expect(keys(slots.holding)).toEqual(['b', 'c']);
  expect(answerTo(slots, 'a')).toBeUndefined();
});

test('a lower number goes first, whoever came before', () => {
  const slots = empty(1);
  asked(slots, 'first');
  asked(slots, 'later', { priority: 4 });
  asked(slots, 'usual');
  asked(slots, 'urgent', { priority: 1 });
  expect(keys(order(slots))).toEqual(['urgent', 'usual', 'later']);
});

test('models share the slots: a hundred runs of one do not keep the other waiting', () => {
  const slots = empty(2);
  for (let i = 0; i < 100; i++) asked(slots, `many-${i}`, { model: 'popular' });
  asked(slots, 'rare-1', { model: 'rare' });
  asked(slots, 'rare-2', { model: 'rare' });
  expect(answerTo(slots, 'rare-1')).toEqual({ granted: false, position: 1, of: 100 });
  leave(slots, 'many-0', 0);
  expect(keys(slots.holding)).toEqual(['many-1', 'rare-1']);
  leave(slots, 'many-1', 0);
  expect(keys(slots.holding)).toEqual(['rare-1', 'many-2']);
});

test('asked again under a key it is the same request', () => {
  const slots = empty(1);
  for (const key of ['a', 'b', 'a', 'b', 'b']) asked(slots, key);
  expect([slots.holding.length, slots.waiting.length]).toEqual([1, 1]);
});

test('who leaves the queue is passed over', () => {
  const slots = empty(1);
  for (const key of ['a', 'b', 'c']) asked(slots, key);
  leave(slots, 'b', 0);
  leave(slots, 'a', 0);
  expect(keys(slots.holding)).toEqual(['c']);
});

test('the newest limit counts: more slots are given at once, fewer take none away', () => {
  const slots = empty(1);
  for (const key of ['a', 'b', 'c']) asked(slots, key);
  asked(slots, 'd', { jobsAtOnce: 3 });
  expect(keys(slots.holding)).toEqual(['a', 'b', 'c']);
  asked(slots, 'e', { jobsAtOnce: 1 });
  expect(keys(slots.holding)).toEqual(['a', 'b', 'c']);
  leave(slots, 'a', 0);
  expect(keys(slots.holding)).toEqual(['b', 'c']);
});
