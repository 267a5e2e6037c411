import { setWorkflowOptions, sleep } from '@temporalio/workflow';
import type { Retirement, RetirementInput } from '../../contract/migration.ts';
import { activities } from '../activities.ts';
import { ofEveryVersion } from '../versions.ts';

/** Keeps a version that was replaced as the one to roll back to until its platform shuts it down, then retires it. */
export async function retireVersion(input: RetirementInput): Promise<Retirement> {
  const { model, version, shutdownDate } = input;
  const leftMs = Date.parse(shutdownDate) - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary: `Version ${version} of ${model} can be rolled back to` });
  return await activities.retireDeadVersion(`Retire version ${version} of ${model}`, input);
}
setWorkflowOptions(ofEveryVersion, retireVersion);
