import { createClient, type RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { deploymentName, versionDeploymentPrefix } from '../../src/contract/hosting.ts';
import type { Deployments } from '../../src/platforms/platform.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type Typed, type } from '../cli/world.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';

export const hourMs = 3_600_000;
export const model = 'intents';
/** What is replaced goes at once. */
export const atOnce = { keepPreviousHours: 0, lookSeconds: 0.2 };

/** A registered model whose versions stand under deployments, and people who change it. */
export interface Hosted {
  records: Records;
  deployments: Deployments;
  start(changes?: Partial<RunConfigInput>): Promise<RunHandle>;
  /** A run whose model goes into service, whatever it can: the version of that number. */
  promoted(version: number, changes?: Partial<RunConfigInput>): Promise<void>;
  /** Names of the deployments of versions that the platform holds. */
  standing(): Promise<string[]>;
  /** Types `tunewright …`, hours from now. */
  typed(argv: string[], hours?: number): Promise<Typed>;
  close(): Promise<void>;
}

export const nameOf = (version: number): string => deploymentName(model, version);

export async function hosted(at: Pipeline, changes: Partial<RunConfigInput> = {}): Promise<Hosted> {
  const { connections, env } = at.settings;
  const platforms = createPlatforms(connections, { ...at.settings, env });
  const deployments = platforms.get('simulator').deployments as Deployments;
  const records = await openRecords(at.settings.records);
  const anything = { base: -1, prompted: -1, champion: -1 };
  const gate = { minimumExamples: 1, maximumFailures: 1, minimumLifeDays: 0, margins: anything };
  const start = async (more: Partial<RunConfigInput> = {}) =>
    await at.client.start(at.config({ register: model, serve: atOnce, gate, ...changes, ...more }), {
      name: unique('hosting'),
    });
  return {
    records,
    deployments,
    start,
    async promoted(version, more) {
      const { registered } = await (await start({ seed: version, ...more })).result();
      expect(registered).toMatchObject({ version, promoted: true });
    },
    standing: async () => (await deployments.find(versionDeploymentPrefix)).map(({ name }) => name).toSorted(),
    typed: async (argv, hours = 0) =>
      await type(argv, {
        loadSettings: async () => at.settings,
        createClient: async ({ temporal, taskQueue }) => await createClient({ ...temporal, taskQueue }),
        now: () => new Date(Date.now() + hours * hourMs),
        ask: async () => 'y',
      }),
    close: async () => await records.close(),
  };
}
