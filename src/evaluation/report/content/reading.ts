import type { SlicedBy } from '../../../contract/verdict.ts';
import { formatPercent } from '../../format.ts';
import type { Block } from './block.ts';

export type Term = readonly [term: string, meaning: string];

/** What a reader who is no statistician needs to read the tables. */
export function explained(terms: Term[]): Block {
  return { kind: 'explained', title: 'How to read these figures', terms };
}

export const interval: Term = [
  'Interval',
  'where the true figure is likely to be: the fewer questions were asked, the wider. One of 95% misses it in 5 of 100 cases, so that among many slices some look better or worse than they are. After Wilson for a score, after Tango for a difference.',
];

/** @param model whose answers were fixed, or broken, within a sentence */
export function fixed(model: string): Term {
  return [
    'Fixed, broken, same',
    `questions that only ${model} answers right, those that only the other does, and those that both do or neither.`,
  ];
}

export const p: Term = [
  'p',
  "the chance of a split between fixed and broken at least so uneven if neither model were better (McNemar's exact test). Corrected after Holm where there are several to compare with.",
];

/** What no skill at all would get right, where right answers are labels. */
export function mostFrequent(slices: readonly SlicedBy[], examples: number): Block[] {
  const [most, another] = slices.find(({ field }) => field === 'reference')?.slices ?? [];
  if (!most || !another) return [];
  const share = formatPercent(most.examples / examples);
  const text = `The most frequent right answer is that of ${share} of the questions: a model that always gave it would get so many right.`;
  return [{ kind: 'text', text }];
}
