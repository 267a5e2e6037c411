import type { GateConfig } from '../contract/gate.ts';
import type { Decision, GateCheck, Rival, Verdict } from '../contract/verdict.ts';
import { formatCount, formatPoints } from './format.ts';
import { checkRules, type GateEvidence, rivalNames } from './gate-rules.ts';
import { examplesNeeded } from './statistics.ts';

/** Judges a tuned model by the rules of its gate. It fails closed: a figure that is missing passes no rule. */
export function judge(gate: GateConfig, evidence: GateEvidence): Verdict {
  const checks = checkRules(gate, evidence);
  const decision = decide(checks, evidence);
  const needed = moreExamples(gate, evidence);
  return {
    decision,
    says: summary(gate, decision, checks, evidence),
    checks,
    ...(decision !== 'promote' && needed !== undefined ? { examplesNeeded: needed } : {}),
  };
}

/** Rules of the examples themselves: where one fails, they show nothing of any model. */
const unfit = ['examples', 'answers', 'graded', 'unseen'];

/** Prompting is the advice when the tuned model is not shown to beat it, and it is no worse than what is left. */
function decide(checks: readonly GateCheck[], { rivals }: GateEvidence): Decision {
  if (checks.every(({ passed }) => passed)) return 'promote';
  const failed = (rule: string) => checks.some((check) => check.rule === rule && !check.passed);
  const prompted = rivals.find(({ role }) => role === 'prompted');
  if (!prompted || !failed('prompted') || unfit.some(failed)) return 'keep';
  const score = prompted.evaluation.passed;
  const noWorse = rivals.every(({ role, evaluation }) => role === 'prompted' || evaluation.passed <= score);
  return noWorse ? 'prompt' : 'keep';
}

function summary(
  gate: GateConfig,
  decision: Decision,
  checks: readonly GateCheck[],
  { expected, rivals }: GateEvidence,
): string {
  if (decision === 'promote') {
    return `${listed(rivals.map((rival) => shown(gate, rival)))}: all ${formatCount(checks.length, 'rule')} of the gate hold.`;
  }
  const failed = checks.filter(({ passed }) => !passed);
  const reasons = failed.map(({ says }) => says).join(' ');
  const stays = expected.includes('champion') ? 'the champion stays' : 'it is not promoted';
  const opening =
    decision === 'prompt'
      ? 'No need to tune: the base model with examples in its prompt does as well'
      : `It does not pass the gate: ${stays}`;
  return `${opening}. ${reasons}`;
}

/** `better than the base model (+33.9 points)`: no worse where no more than that was asked for and shown. */
function shown({ margins }: GateConfig, { role, difference }: Rival): string {
  const how = margins[role] >= 0 || difference.low > 0 ? 'better than' : 'no worse than';
  return `${how} ${rivalNames[role]} (${formatPoints(difference.value)})`;
}

/** As a sentence begins. */
function listed(parts: readonly string[]): string {
  const text = new Intl.ListFormat('en', { type: 'conjunction' }).format(parts);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** To be shown better than all of its rivals; undefined where it did no better than one of them, which no number would mend. */
function moreExamples({ margins }: GateConfig, { rivals, tuned }: GateEvidence): number | undefined {
  const needed = rivals.map(({ role, fixed, broken }) =>
    examplesNeeded({ examples: tuned.examples, fixed, broken }, margins[role]),
  );
  const most = Math.max(...needed.map((count) => count ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(most) && most > tuned.examples ? most : undefined;
}
