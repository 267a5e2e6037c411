import { createClient, type RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { deploymentName, type ServeRule, versionDeploymentPrefix } from '../../src/contract/hosting.ts';
import type { Deployments } from '../../src/platforms/platform.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type Typed, type } from '../cli/world.ts';
import { newVersion } from '../records/support/samples.ts';
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
  /** Registers that version of a model of the platform, as a run would, and has a person put it into service. */
  put(version: number, rule?: ServeRule | null): Promise<void>;
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
  const gate = { minimumExamples: 1, minimumAnswers: 1, maximumFailures: 1, minimumLifeDays: 0, margins: anything };
  const start = async (more: Partial<RunConfigInput> = {}) =>
    await at.client.start(at.config({ register: model, serve: atOnce, gate, ...changes, ...more }), {
      name: unique('hosting'),
    });
  const typed: Hosted['typed'] = async (argv, hours = 0) =>
    await type(argv, {
      loadSettings: async () => at.settings,
      createClient: async ({ temporal, taskQueue }) => await createClient({ ...temporal, taskQueue }),
      now: () => new Date(Date.now() + hours * hourMs),
      ask: async () => 'y',
    });
  return {
    records,
    deployments,
    start,
    async promoted(version, more) {
      const { registered } = await (await start({ seed: version, ...more })).result();
      expect(registered).toMatchObject({ version, promoted: true });
    },
    async put(version, rule = atOnce) {
      const modelId = at.config().model;
      const { [model]: registered } = Object.fromEntries((await records.listModels()).map((one) => [one.name, one]));
      if (version > (registered?.versions ?? 0)) {
        const here = { model, connection: 'simulator', platform: 'azure', modelId, baseModel: modelId };
        await records.registerVersion({ ...newVersion(version), ...here });
      }
      await records.setServe({ model, by: 'kim', serve: rule });
      const { code, stderr } = await typed(['models', 'promote', model, `${version}`]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
    },
    standing: async () => (await deployments.find(versionDeploymentPrefix)).map(({ name }) => name).toSorted(),
    typed,
    close: async () => await records.close(),
  };
}
