import type { Cost } from '../../contract/run.ts';
import { formatUsd } from '../../evaluation/format.ts';

/** What a run costs, on one line. */
export function costLine({ estimatedUsd, trainingUsd, evaluationUsd, pricesOf, simulated }: Cost): string {
  const known = [
    estimatedUsd !== undefined && `estimated ${formatUsd(estimatedUsd)}`,
    trainingUsd !== undefined && `training ${formatUsd(trainingUsd)}`,
    evaluationUsd !== undefined && `evaluation ${formatUsd(evaluationUsd)}`,
    pricesOf !== undefined && `list prices of ${pricesOf}`,
    simulated && 'simulated: nobody was billed',
  ].filter((text) => text !== false);
  return known.length > 0 ? known.join(', ') : 'not known yet';
}

/** US dollars spent so far, or else the estimate. */
export function shortCost({ estimatedUsd, trainingUsd, evaluationUsd }: Cost): string {
  if (trainingUsd !== undefined || evaluationUsd !== undefined)
    return formatUsd((trainingUsd ?? 0) + (evaluationUsd ?? 0));
  return estimatedUsd === undefined ? '' : `~${formatUsd(estimatedUsd)}`;
}
