import type { ModelEvaluation } from '../contract/evaluation.ts';
import type { GateConfig } from '../contract/gate.ts';
import type { GateCheck, Rival, RivalRole, Slice, SlicedBy } from '../contract/verdict.ts';
import {
  formatConfidence,
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatPoints,
  formatPValue,
  formatUsd,
} from './format.ts';
import { tellsNothing } from './slices.ts';

/** What the gate looks at. What is absent is not known, and passes no rule that asks for it. */
export interface GateEvidence {
  /** The base model first. */
  rivals: readonly Rival[];
  /** Whether a champion and the prompted base model had to be compared with. */
  expected: readonly RivalRole[];
  tuned: ModelEvaluation;
  /** Different right answers of the held-out examples; absent where they have none to go by. */
  answers?: number | undefined;
  slices: readonly SlicedBy[];
  /** Fields by which there are no slices though they were asked for. */
  unsliced?: readonly string[] | undefined;
  /** How many of the held-out examples the champion was trained on. */
  learnt?: number | undefined;
  /** Share of the held-out examples that training asks too. */
  seen?: number | undefined;
  usdPer1000?: number | undefined;
  /** Days until the tuned model is shut down; Infinity where no date is announced. */
  lifeDays?: number | undefined;
}

/** As sentences name them. */
export const rivalNames: Record<RivalRole, string> = {
  base: 'the base model',
  prompted: 'the base model with examples in its prompt',
  champion: 'the champion',
};

/** How a tuned model stands to each rule of its gate that says something of it. A figure that is missing passes no rule. */
export function checkRules(gate: GateConfig, evidence: GateEvidence): GateCheck[] {
  return [
    enoughExamples(gate, evidence),
    ...enoughAnswers(gate, evidence),
    answered(gate, evidence),
    ...unseen(gate, evidence),
    ...minimumScore(gate, evidence),
    ...compared(evidence).map((role) => better(gate, evidence, role)),
    ...noSliceWorse(gate, evidence),
    ...costBound(gate, evidence),
    ...latencyBound(gate, evidence),
    lifeLeft(gate, evidence),
  ];
}

/** Rules that fail whatever is learnt, as soon as it is known what will be asked. */
export function failBeforehand(gate: GateConfig, { examples, seen }: { examples: number; seen: number }): GateCheck[] {
  return [enoughExamples(gate, { tuned: { examples } }), ...unseen(gate, { seen })].filter(({ passed }) => !passed);
}

/** What has to be beaten: the base model always, and whatever else was expected or asked. */
function compared({ expected, rivals }: GateEvidence): RivalRole[] {
  return [...new Set<RivalRole>(['base', ...expected, ...rivals.map(({ role }) => role)])];
}

function enoughExamples(
  { minimumExamples }: GateConfig,
  { tuned }: { tuned: Pick<ModelEvaluation, 'examples' | 'repeated'> },
): GateCheck {
  const { examples, repeated = 0 } = tuned;
  const more =
    repeated > 0
      ? ` (${repeated} more ${repeated === 1 ? 'repeats' : 'repeat'} one of them and ${repeated === 1 ? 'proves' : 'prove'} nothing)`
      : '';
  return {
    rule: 'examples',
    passed: examples >= minimumExamples,
    says: `${formatCount(examples, 'held-out example')}${more}, at least ${minimumExamples} asked for.`,
  };
}

/** Told only where there are too few, which the score does not show. */
function enoughAnswers({ minimumAnswers }: GateConfig, { answers }: GateEvidence): GateCheck[] {
  if (answers === undefined || !(answers < minimumAnswers)) return [];
  const found =
    answers === 1
      ? 'All held-out examples have the same right answer, so that a model which always gives it would be right'
      : `The held-out examples have ${answers} different right answers`;
  return [{ rule: 'answers', passed: false, says: `${found}; at least ${minimumAnswers} different ones asked for.` }];
}

function answered({ maximumFailures }: GateConfig, { tuned, rivals }: GateEvidence): GateCheck {
  const shares = [tuned, ...rivals.map(({ evaluation }) => evaluation)].map(({ examples, errors, ungraded = 0 }) =>
    examples === 0 ? 1 : (errors + ungraded) / examples,
  );
  const worst = Math.max(...shares);
  return {
    rule: 'graded',
    passed: worst <= maximumFailures,
    says: `${formatPercent(worst)} of the examples got no answer or no grade from one of the models, at most ${formatPercent(maximumFailures)} allowed.`,
  };
}

/** What a model has learnt by heart proves nothing. Told only where there is some: examples that were set aside never are. */
function unseen({ maximumSeen }: GateConfig, { seen = 0 }: Pick<GateEvidence, 'seen'>): GateCheck[] {
  if (seen === 0) return [];
  const says = `${formatPercent(seen)} of the held-out examples are asked in the training too, at most ${formatPercent(maximumSeen)} allowed.`;
  return [{ rule: 'unseen', passed: seen <= maximumSeen, says }];
}

function minimumScore({ minimumScore }: GateConfig, { tuned }: GateEvidence): GateCheck[] {
  if (minimumScore === undefined) return [];
  const { passed, examples, ungraded = 0, score } = tuned;
  const least = examples === 0 ? 0 : passed / examples;
  const counted = ungraded > 0 ? `, ${formatPercent(least)} where what has no grade counts as wrong` : '';
  const says = `A score of ${formatPercent(score.value)}${counted}; at least ${formatPercent(minimumScore)} asked for.`;
  return [{ rule: 'minimum_score', passed: least >= minimumScore, says }];
}

/**
 * The interval has to be above the margin, also with what is missing held against the model, and, where no loss is allowed,
 * the test has to agree: on a handful of examples the interval alone is too sure of itself. All rules have to hold at once, so
 * none needs a correction for the others.
 */
function better({ margins, confidence }: GateConfig, { rivals, learnt = 0 }: GateEvidence, role: RivalRole): GateCheck {
  const rival = rivals.find((one) => one.role === role);
  if (!rival) return { rule: role, passed: false, says: `It was not compared with ${rivalNames[role]}.` };
  const { difference, atWorst } = rival;
  const { difference: counted, pValue } = atWorst ?? rival;
  const margin = margins[role];
  const above = counted.low > margin;
  const shown = margin < 0 || pValue < 1 - confidence;
  return {
    rule: role,
    passed: above && shown,
    says:
      `${formatPoints(difference.value)} against ${rivalNames[role]}, ${formatConfidence(confidence)} interval ${formatInterval(difference)}` +
      `${atWorst ? `, or ${formatInterval(counted)} with what is missing held against it` : ''}` +
      `${above && !shown ? `, but ${formatPValue(pValue)}` : ''}; its lower end has to be above ${margin === 0 ? '0' : formatPoints(margin)}.${role === 'champion' ? inItsFavour(learnt) : ''}`,
  };
}

/** What the champion has learnt by heart makes it look better than it is on anything else. */
function inItsFavour(learnt: number): string {
  if (learnt === 0) return '';
  const count = learnt.toLocaleString('en-US');
  return ` The champion was trained on ${count} of these examples, which is in its favour: a data.test that no version learns avoids that.`;
}

/** A slice fails when even the upper end of its interval is below what is allowed: chance is no reason. */
function noSliceWorse({ slices: rule }: GateConfig, { slices, unsliced = [] }: GateEvidence): GateCheck[] {
  if (!rule) return [];
  const blind = unsliced.map((field) => ({
    rule: 'slice',
    passed: false,
    says: `By ${field} there are no slices to look at: ${tellsNothing}.`,
  }));
  const large = slices.flatMap(({ field, slices: parts }) =>
    parts.filter(({ examples }) => examples >= rule.minimumExamples).map((part) => ({ field, ...part })),
  );
  const allowed = `no slice may be shown to lose more than ${formatPercent(rule.maximumDrop)}`;
  if (large.length === 0) {
    const says = `There is no slice of ${formatCount(rule.minimumExamples, 'example')} or more: ${allowed}.`;
    return [{ rule: 'slice', passed: false, says }, ...blind];
  }
  const highOf = ({ difference, atWorst = difference }: Slice) => atWorst.high;
  const worst = large.reduce((one, other) => (highOf(other) < highOf(one) ? other : one));
  const missing = worst.atWorst ? `, or ${formatInterval(worst.atWorst)} with what is missing held against it` : '';
  const change = `${formatPoints(worst.difference.value)}, 95% interval ${formatInterval(worst.difference)}${missing}`;
  return [
    {
      rule: 'slice',
      passed: large.every((slice) => highOf(slice) >= -rule.maximumDrop),
      // The value is the data's: it stands in the report, and not in a history.
      says: `Of ${formatCount(large.length, 'slice')} the worst is one by ${worst.field}: ${change}; ${allowed}.`,
    },
    ...blind,
  ];
}

function costBound({ maximumUsdPer1000 }: GateConfig, { usdPer1000 }: GateEvidence): GateCheck[] {
  if (maximumUsdPer1000 === undefined) return [];
  const found =
    usdPer1000 === undefined ? 'What 1,000 answers cost is not known' : `1,000 answers cost ${formatUsd(usdPer1000)}`;
  const passed = usdPer1000 !== undefined && usdPer1000 <= maximumUsdPer1000;
  return [{ rule: 'cost', passed, says: `${found}, at most ${formatUsd(maximumUsdPer1000)} allowed.` }];
}

function latencyBound({ maximumMedianMs }: GateConfig, { tuned }: GateEvidence): GateCheck[] {
  if (maximumMedianMs === undefined) return [];
  const { medianLatencyMs: median } = tuned;
  const found =
    median === undefined
      ? 'How soon half of the answers came is not known'
      : `Half of the answers came within ${formatDuration(median)}`;
  const passed = median !== undefined && median <= maximumMedianMs;
  return [{ rule: 'latency', passed, says: `${found}, at most ${formatDuration(maximumMedianMs)} allowed.` }];
}

function lifeLeft({ minimumLifeDays }: GateConfig, { lifeDays }: GateEvidence): GateCheck {
  const found =
    lifeDays === undefined || Number.isNaN(lifeDays)
      ? 'How long it will live is not known'
      : lifeDays === Number.POSITIVE_INFINITY
        ? 'No shutdown date is announced'
        : `It is shut down in ${formatCount(Math.max(0, Math.floor(lifeDays)), 'day')}`;
  const passed = lifeDays !== undefined && lifeDays >= minimumLifeDays;
  return { rule: 'life', passed, says: `${found}, at least ${formatCount(minimumLifeDays, 'day')} asked for.` };
}
