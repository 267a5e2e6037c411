import { grouped, linesOf, type Problem } from '../problem.ts';
import type { Entry } from './entries.ts';
import { nearGroups } from './near.ts';

/** The held-out examples that training asks too. */
export function seenBy(train: readonly Entry[], held: readonly Entry[]): Entry[] {
  const known = new Set(train.map(({ prompt }) => prompt));
  return held.filter(({ prompt }) => known.has(prompt));
}

/** Why it hurts, by the file that asks the same. */
const harm = {
  training: 'the model is praised for what it has learnt by heart',
  validation: 'a model that was chosen by one file looks good in the other',
};

/**
 * Warnings of held-out examples that another file asks too, or nearly so.
 *
 * @param path what the warnings are about, where that is not the held-out file itself
 * @param other which file the first one is
 */
export function leaks(
  train: readonly Entry[],
  held: readonly Entry[],
  path?: string,
  other: keyof typeof harm = 'training',
): Problem[] {
  const same = seenBy(train, held);
  const seen = new Set(same);
  const others = held.filter((entry) => !seen.has(entry));
  const groups = nearGroups([...train, ...others].map(({ likeness }) => likeness));
  // A group is called by its first member: one of training where there is any.
  const near = others.filter((_, index) => (groups[train.length + index] as number) < train.length);

  const problems: Problem[] = [];
  const place = path === undefined ? {} : { path };
  const message = (leaked: readonly Entry[], what: string) =>
    `${grouped(leaked.length)} of ${grouped(held.length)} examples ask ${what} the ${other} file asks too (${linesOf(leaked)}): ${harm[other]}. Remove them from one of the files.`;
  if (same.length > 0) {
    problems.push({ code: 'leaked_prompts', severity: 'warning', ...place, message: message(same, 'what') });
  }
  if (near.length > 0) {
    problems.push({
      code: 'nearly_leaked_prompts',
      severity: 'warning',
      ...place,
      message: message(near, 'nearly what'),
    });
  }
  return problems;
}
