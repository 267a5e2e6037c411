import { type Candidate, chooseOf } from '../../../src/workflows/tries/choose.ts';
import { tried } from '../../support/tried.ts';

/** Money in US dollars; `trainingUsd` is null where the platform does not tell it. */
function candidate(number: number, score: number, askingUsd = 1, trainingUsd: number | null = 1): Candidate {
  return {
    number,
    score,
    askingUsd,
    shown: tried({
      name: `try-${number}`,
      cost: { estimatedUsd: 5, ...(trainingUsd === null ? {} : { trainingUsd }) },
    }),
  };
}
const says = (candidates: Candidate[]) => candidates.map(({ shown }) => shown.says);

test('the best by score is chosen, and each other is told how far it is below', () => {
  const all = [candidate(1, 0.8), candidate(2, 0.9), candidate(3, 0.75)];
  expect(chooseOf(all).number).toBe(2);
  expect(all.map(({ shown }) => shown.chosen)).toEqual([false, true, false]);
  expect(says(all)).toEqual([
    '10.0 points below try-2 on the validation examples.',
    'The best on the validation examples.',
    '15.0 points below try-2 on the validation examples.',
  ]);
});

test('a better score is chosen whatever it costs', () => {
  expect(chooseOf([candidate(1, 0.8, 0.1, 0.1), candidate(2, 0.81, 100, 100)]).number).toBe(2);
});

test('among equals the one that is cheaper to ask is chosen', () => {
  const all = [candidate(1, 0.9, 2, 1), candidate(2, 0.9, 1, 9)];
  expect(chooseOf(all).number).toBe(2);
  expect(says(all)).toEqual([
    'As good as try-2 on the validation examples, and it is dearer to ask.',
    'As good as try-1 on the validation examples, and it is cheaper to ask.',
  ]);
});

test('where that is equal too, the one that was cheaper to train; an unknown cost counts as estimated', () => {
  const all = [candidate(1, 0.9, 1, null), candidate(2, 0.9, 1, 4)];
  expect(chooseOf(all).number).toBe(2);
  expect(says(all)).toEqual([
    'As good as try-2 on the validation examples, and it was dearer to train.',
    'As good as try-1 on the validation examples, and it was cheaper to train.',
  ]);
});

test('where nothing tells them apart, the first', () => {
  const all = [candidate(1, 0.9), candidate(2, 0.9)];
  expect(chooseOf(all).number).toBe(1);
  expect(says(all)).toEqual([
    'As good as try-2 on the validation examples, and it was named first.',
    'As good as try-1 on the validation examples, and it was named later.',
  ]);
});

test('the only one that answered is chosen', () => {
  const only = candidate(2, 0);
  expect(chooseOf([only])).toBe(only);
  expect(says([only])).toEqual(['The only one whose model answered.']);
});
