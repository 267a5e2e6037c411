import { spentUsd } from '../../contract/cost.ts';
import type { Cost } from '../../contract/run.ts';
import { formatUsd } from '../../evaluation/format.ts';

/** What a run costs, on one line. */
export function costLine(cost: Cost): string {
  const { estimatedUsd, askedUsd, trainingUsd, evaluationUsd, hostingUsd, pricesOf, simulated } = cost;
  const known = [
    estimatedUsd !== undefined && `estimated ${formatUsd(estimatedUsd)}`,
    askedUsd !== undefined && `answers of the old model ${formatUsd(askedUsd)}`,
    trainingUsd !== undefined && `training ${formatUsd(trainingUsd)}`,
    evaluationUsd !== undefined && `evaluation ${formatUsd(evaluationUsd)}`,
    hostingUsd !== undefined && `hosting ${formatUsd(hostingUsd)}`,
    pricesOf !== undefined && `list prices of ${pricesOf}`,
    simulated && 'simulated: nobody was billed',
  ].filter((text) => text !== false);
  return known.length > 0 ? known.join(', ') : 'not known yet';
}

/** US dollars spent so far, or else the estimate. */
export function shortCost(cost: Cost): string {
  const spent = spentUsd(cost);
  if (spent !== undefined) return formatUsd(spent);
  const { estimatedUsd } = cost;
  return estimatedUsd === undefined ? '' : `~${formatUsd(estimatedUsd)}`;
}
