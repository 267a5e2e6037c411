import type { Cost } from './run.ts';

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
