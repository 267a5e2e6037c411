import { ApplicationFailure } from '@temporalio/workflow';
import type { CatalogueCheck } from '../contract/catalogue-check.ts';
import type { FailureDetails } from '../contract/errors.ts';
import { activities } from './activities.ts';

const advice = "Mend it in the connection's catalogue, or in the file of TUNEWRIGHT_CATALOGUE.";

/** Fails where the catalogue and a platform do not agree, so that whoever watches for failed workflows sees it. */
export async function checkCatalogues(): Promise<CatalogueCheck[]> {
  const checks = await activities.checkCatalogues('Ask each platform for its models');
  const drift = checks.flatMap((check) => check.drift.map((message) => `${check.connection}: ${message}`));
  if (drift.length === 0) return checks;
  throw ApplicationFailure.create({
    message: drift.join('\n'),
    type: 'catalogue_drift',
    nonRetryable: true,
    details: [{ advice } satisfies FailureDetails],
  });
}
