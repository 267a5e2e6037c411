import { type CatalogueCheck, catalogueAdvice } from '../contract/catalogue-check.ts';
import { activities } from './activities.ts';
import { namedFailure } from './failures.ts';

/** Fails where the catalogue and a platform do not agree, so that whoever watches for failed workflows sees it. */
export async function checkCatalogues(): Promise<CatalogueCheck[]> {
  const checks = await activities.checkCatalogues('Ask each platform for its models');
  const drift = checks.flatMap((check) => check.drift.map((message) => `${check.connection}: ${message}`));
  if (drift.length === 0) return checks;
  throw namedFailure('catalogue_drift', drift.join('\n'), catalogueAdvice);
}
