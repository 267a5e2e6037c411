import type { ReservationAnswer } from './account.ts';
import type { ModelEvaluation } from './evaluation.ts';
import type { Cost } from './run.ts';

const million = 1_000_000;

/** What a run has cost so far, US dollars; undefined before anything is known to have been spent. */
export function spentUsd({
  trainingUsd,
  evaluationUsd,
  hostingUsd,
  askedUsd,
}: Omit<Cost, 'simulated'>): number | undefined {
  const known = [trainingUsd, evaluationUsd, hostingUsd, askedUsd].filter((usd) => usd !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, usd) => sum + usd, 0);
}

/** How far the month's budget of a connection is used, to be said where something is refused for it. */
export function monthUsed(
  connection: string,
  { month, committedUsd }: Pick<ReservationAnswer, 'month' | 'committedUsd'>,
  budgetUsd: number,
): string {
  return `Of the ${dollars(budgetUsd)} that ${connection} may spend in ${month}, ${dollars(committedUsd)} are spent or promised`;
}

/** What is wrong with a run that is estimated to cost more than its budget, and what to do about it. */
export function overBudget(usd: number, budgetUsd: number): [message: string, advice: string] {
  return [
    `The run would cost about ${dollars(usd)}, its budget is ${dollars(budgetUsd)}.`,
    'Raise budgetUsd, or train on fewer examples, for fewer epochs, or on a smaller model.',
  ];
}

export function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

/** What asking a model has cost, US dollars, without what was paid earlier, less by batch, and the judges of its answers where their prices are known. */
export function evaluationCost(
  asked: Pick<ModelEvaluation, 'inputTokens' | 'outputTokens' | 'cached' | 'batched' | 'judge'>,
  { input, output, batchShare = 1 }: { input: number; output: number; batchShare?: number },
): number {
  const usdOf = (used: { inputTokens: number; outputTokens: number } = { inputTokens: 0, outputTokens: 0 }) =>
    (used.inputTokens / million) * input + (used.outputTokens / million) * output;
  const { cached, batched, judge } = asked;
  return usdOf(asked) - usdOf(cached) - (1 - batchShare) * usdOf(batched) + (judge?.usd ?? 0);
}
