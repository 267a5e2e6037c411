import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../src/config.ts';
import type { MigrationRequest } from '../../src/contract/migration.ts';
import { type Connections, standInConnection } from '../../src/platforms/registry.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { type Account, day, filledAccount } from '../adopt/account.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';

/** A migration to the other platform whose old model answers what the new one learns. */
export const distilRequest: MigrationRequest = {
  model: 'support-desk',
  connection: 'elsewhere',
  baseModel: 'stand-in-mini',
  margin: 0.3,
  distil: {},
  changes: { pollSeconds: 0.1, gate: { minimumExamples: 5, minimumLifeDays: 0 } },
};

type StandIn = ReturnType<typeof standInConnection>;

/** An adopted account of a platform that closes in 30 days, and another platform to which its models are carried. */
export interface Crossing {
  at: Pipeline;
  elsewhere: Simulator;
  account: Account;
  records: Records;
  close(): Promise<void>;
}

/**
 * @param budgetUsd of the adoption: 0 records no answers
 * @param connection of the platform to which they are carried
 * @param old that of the one which closes
 */
export async function openCrossing(
  budgetUsd: number,
  settings: Partial<Settings> = {},
  connection: (usual: StandIn) => StandIn = (usual) => usual,
  old?: (usual: StandIn) => Connections[string],
): Promise<Crossing> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-elsewhere-'));
  const elsewhere = await startSimulator({ dataDir: folder });
  const at = await pipeline({ models: { 'stand-in-mini': { shutdownDate: day(30) } } }, settings, old, [], {
    elsewhere: connection(standInConnection(elsewhere.url)),
  });
  const account = await filledAccount(at.simulator);
  await (await at.client.adopt({ connection: 'simulator', budgetUsd, dryRun: false, by: 'kim' })).result();
  const records = await openRecords(at.settings.records);
  return {
    ...{ at, elsewhere, account, records },
    async close() {
      await records.close();
      await at.close();
      await elsewhere.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
