import type { Cost, JobSummary } from '../contract/run.ts';

/** Prices in US dollars a million tokens. */
export interface Prices {
  training: number;
  input: number;
  output: number;
  /** What is paid of them by batch, where there is that. */
  batchShare?: number;
  /** YYYY-MM-DD. */
  checked: string;
}

const million = 1_000_000;
const hourMs = 3_600_000;

/** What training has cost, stopped jobs included; nothing is claimed when the platform tells neither money nor tokens. */
export function trainingCost(jobs: readonly JobSummary[], prices: Prices): Pick<Cost, 'trainingUsd'> {
  const usd = jobs.flatMap(({ trainingUsd, trainedTokens }) => {
    if (trainingUsd !== undefined) return [trainingUsd];
    return trainedTokens === undefined ? [] : [(trainedTokens / million) * prices.training];
  });
  return usd.length === 0 ? {} : { trainingUsd: usd.reduce((sum, one) => sum + one, 0) };
}

/** What deployments have cost that stood for so long; nothing is claimed when no price by the hour is known. */
export function hostingCost(deployments: readonly { hourlyUsd?: number }[], stoodMs: number): Pick<Cost, 'hostingUsd'> {
  const hourly = deployments.map(({ hourlyUsd }) => hourlyUsd).filter((usd) => usd !== undefined);
  if (hourly.length === 0) return {};
  return { hostingUsd: (hourly.reduce((sum, usd) => sum + usd, 0) * stoodMs) / hourMs };
}
