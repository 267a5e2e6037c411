import { type Month, reserve, reservedUsd, settle, settleAsEstimated } from '../../../src/workflows/account/money.ts';

const november = Date.UTC(2026, 10, 30, 23, 59, 59);
const december = Date.UTC(2026, 11, 1);
const ask = (key: string, usd: number, more: { approved?: boolean } = {}) => ({
  key,
  run: `run-${key}`,
  usd,
  monthlyBudgetUsd: 10,
  approved: false,
  ...more,
});

test('estimates are promised up to the budget, and what is over it is told', () => {
  const months: Month[] = [];
  expect(reserve(months, ask('a', 6), november)).toEqual({ reserved: true, month: '2026-11', committedUsd: 0 });
  expect(reserve(months, ask('b', 5), november)).toEqual({ reserved: false, month: '2026-11', committedUsd: 6 });
  expect(reserve(months, ask('c', 4), november)).toMatchObject({ reserved: true });
  expect(reserve(months, ask('d', 0.01), november)).toMatchObject({ reserved: false, committedUsd: 10 });
});

test('asked again under a key nothing more is promised', () => {
  const months: Month[] = [];
  reserve(months, ask('a', 6), november);
  expect(reserve(months, ask('a', 6), november)).toEqual({ reserved: true, month: '2026-11', committedUsd: 0 });
  expect(months).toMatchObject([{ reserved: [{ key: 'a', usd: 6 }] }]);
});

test('asked again for another sum that one is promised, whatever the month', () => {
  const months: Month[] = [];
  reserve(months, ask('a', 6), november);
  reserve(months, ask('b', 1), november);
  expect(reserve(months, ask('a', 2), december)).toEqual({ reserved: true, month: '2026-11', committedUsd: 1 });
  expect(months.map(reservedUsd)).toEqual([3]);
});

test('what was really spent takes the place of the estimate, and leaves room', () => {
  const months: Month[] = [];
  reserve(months, ask('a', 6), november);
  settle(months, 'a', 1.5);
  settle(months, 'a', 1.5);
  expect(months).toMatchObject([{ spentUsd: 1.5, reserved: [] }]);
  expect(reserve(months, ask('b', 8.5), november)).toMatchObject({ reserved: true, committedUsd: 1.5 });
});

test('a person can approve what is over the budget', () => {
  const months: Month[] = [];
  expect(reserve(months, ask('a', 60, { approved: true }), november)).toMatchObject({ reserved: true });
  expect(reserve(months, ask('b', 1), november)).toMatchObject({ reserved: false, committedUsd: 60 });
});

test('a new month begins at midnight in UTC; a run is settled in the month in which it was promised', () => {
  const months: Month[] = [];
  reserve(months, ask('a', 6), november);
  expect(reserve(months, ask('b', 9), december)).toEqual({ reserved: true, month: '2026-12', committedUsd: 0 });
  settle(months, 'a', 2);
  expect(months.map((month) => [month.month, month.spentUsd, reservedUsd(month)])).toEqual([
    ['2026-11', 2, 0],
    ['2026-12', 0, 9],
  ]);
});

test('of a run that died without a word the estimate counts as spent', () => {
  const months: Month[] = [];
  reserve(months, ask('a', 6), november);
  settleAsEstimated(months, 'a');
  settleAsEstimated(months, 'unknown');
  expect(months).toMatchObject([{ spentUsd: 6, reserved: [] }]);
});

test('a year of months is kept', () => {
  const months: Month[] = [];
  for (let i = 0; i < 30; i++) {
    const at = Date.UTC(2026, i, 15);
    reserve(months, ask(`run-${i}`, 1), at);
    settle(months, `run-${i}`, 1);
  }
  expect(months.map(({ month }) => month)).toHaveLength(13);
  expect(months.at(-1)?.month).toBe('2028-06');
});
