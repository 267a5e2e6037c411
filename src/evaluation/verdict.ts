import type { Comparison } from '../contract/evaluation.ts';
import { formatConfidence, formatCount, formatInterval, formatPercent, formatPoints, formatPValue } from './format.ts';

/**
 * What a comparison shows, in one or two sentences of plain text. A difference counts as shown when its interval
 * leaves out 0 and McNemar's test agrees: on a handful of examples the interval alone is too sure of itself.
 */
export function verdict(comparison: Comparison): string {
  const { base, tuned, difference, pValue, confidence = 0.95 } = comparison;
  const apart = difference.low > 0 || difference.high < 0;
  const shown = apart && pValue < 1 - confidence;
  const scores =
    `answers ${formatPercent(tuned.score.value)} of ${formatCount(tuned.examples - (tuned.ungraded ?? 0), 'held-out question')} right, ` +
    `the base model ${formatPercent(base.score.value)} ` +
    `(${formatPoints(difference.value)}, ${formatConfidence(confidence)} interval ${formatInterval(difference)}` +
    `${apart && !shown ? `, but ${formatPValue(pValue)}` : ''}).`;
  const sentences = [
    opening(shown, difference.value) + scores,
    unanswered('tuned', tuned.errors),
    unanswered('base', base.errors),
    leftOut(comparison.ungraded),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function opening(shown: boolean, difference: number): string {
  if (!shown) return 'No difference was shown: the tuned model ';
  return difference > 0 ? 'The tuned model ' : 'The tuned model is worse: it ';
}

function leftOut(ungraded = 0): string {
  if (ungraded === 0) return '';
  return `On ${formatCount(ungraded, 'question')} the answers could not be graded; they are left out.`;
}

function unanswered(which: string, errors: number): string {
  if (errors === 0) return '';
  return `The ${which} model gave no answer to ${formatCount(errors, 'question')}, counted as wrong.`;
}
