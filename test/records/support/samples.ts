import { parseRunConfig } from '../../../src/contract/config.ts';
import type { NewVersion, RunRecord } from '../../../src/contract/registry.ts';
import type { Records } from '../../../src/records/index.ts';

const config = parseRunConfig({ model: 'gpt-4.1-mini', data: { train: 'data.jsonl' }, budgetUsd: 20 });

/** A version as a run registers it; the run's number makes its key and the platform's id. */
export function newVersion(run: number, changes: Partial<NewVersion> = {}): NewVersion {
  return {
    model: 'support-intents',
    runKey: `run-${run}`,
    by: 'worker',
    connection: 'openai',
    platform: 'openai',
    modelId: `ft:gpt-4.1-mini:acme:support-intents:${run}`,
    baseModel: 'gpt-4.1-mini',
    lineage: { run: `support-intents-${run}`, data: { train: 'a'.repeat(64) }, config, cost: { simulated: true } },
    ...changes,
  };
}

/** Versions 1 to `count` of the model `support-intents`. */
export async function registered(records: Records, count: number): Promise<void> {
  for (let run = 1; run <= count; run++) await records.registerVersion(newVersion(run));
}

let requests = 0;

/** Who acts, and for a request that was not made before. */
export function act(): { model: string; by: string; requestId: string } {
  return { model: 'support-intents', by: 'kim', requestId: `request-${++requests}` };
}

export function newRun(key: string, startedAt: string, changes: Partial<RunRecord['progress']> = {}): RunRecord {
  return {
    key,
    config,
    progress: {
      name: 'support-intents-k7fm',
      runId: 'f0e1',
      attempt: 1,
      status: 'running',
      stage: 'train',
      connection: 'openai',
      baseModel: 'gpt-4.1-mini',
      startedAt,
      timings: [],
      cost: { simulated: true },
      ...changes,
    },
    asOf: startedAt,
  };
}
