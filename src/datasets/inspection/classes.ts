import { type Finding, warningAt } from '../problem.ts';
import { type Fingerprint, fingerprintNumber } from './fingerprint.ts';

/** With fewer examples an answer than this on average, there are no classes. */
export const examplesPerClass = 5;
/** More distinct answers are no longer told apart. */
const mostAnswers = 10_000;
/** So many times as many examples of one class as of another. */
const imbalance = 20;

/** Of a data set with few distinct answers: how they are spread. */
export interface Classes {
  count: number;
  /** Examples of the most frequent and of the rarest answer. */
  most: number;
  fewest: number;
}

export interface ClassCounter {
  add(answer: Fingerprint): void;
  /** Undefined where nearly every answer is its own. */
  result(): Classes | undefined;
}

export function classCounter(): ClassCounter {
  const counts = new Map<number, number>();
  let examples = 0;
  let tooMany = false;
  return {
    add(answer) {
      if (tooMany) return;
      examples += 1;
      const key = fingerprintNumber(answer);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (counts.size <= mostAnswers) return;
      tooMany = true;
      counts.clear();
    },
    result() {
      if (tooMany || counts.size < 2 || counts.size * examplesPerClass > examples) return undefined;
      let [most, fewest] = [0, Number.POSITIVE_INFINITY];
      for (const count of counts.values()) [most, fewest] = [Math.max(most, count), Math.min(fewest, count)];
      return { count: counts.size, most, fewest };
    },
  };
}

export function imbalanceOf({ count, most, fewest }: Classes): Finding | undefined {
  if (most < imbalance * fewest) return undefined;
  const message = `Of ${count} distinct answers the most frequent stands in ${most} examples, the rarest in ${fewest}: the model learns to prefer what is frequent, and a held-out set says little of what is rare. Add examples of the rare ones.`;
  return warningAt('', 'class_imbalance', message);
}
