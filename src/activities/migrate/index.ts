import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationPlan, MigrationRequest } from '../../contract/migration.ts';
import { type Inspection, inspectDataset } from '../../datasets/index.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import { beating } from '../context.ts';
import type { Dependencies } from '../dependencies.ts';
import { heritageOf } from './facts.ts';
import { planOf } from './plan.ts';

const problemsKept = 20;

export function migrateActivities(dependencies: Dependencies) {
  const { platforms, records, store } = dependencies;

  async function plan(request: MigrationRequest, signal: AbortSignal): Promise<MigrationPlan> {
    const kept = await records();
    const { champion } = await kept.getModel(request.model);
    if (champion === undefined) throw noChampion(request.model);
    const version = await kept.getVersion(request.model, champion);
    const platform = platforms.get(request.connection);
    const base = platform.catalogueEntry(request.baseModel);
    const old = oldEntry(version.connection, version.modelId);
    const heritage = await heritageOf(dependencies, version, request, signal);
    const look = async (
      file: ArtifactRef,
      entry: ModelEntry | undefined,
      minimumExamples: number,
    ): Promise<Inspection> =>
      await inspectDataset(await store.path(file), {
        method: heritage.method,
        minimumExamples,
        maxProblems: problemsKept,
        ...(entry ? { maxTokensPerExample: entry.trainingContextTokens, encoding: entry.encoding } : {}),
        signal,
      });
    const shutdownDate = version.shutdownDate ?? old?.shutdownDate;
    return planOf({
      request,
      from: {
        version: version.version,
        connection: version.connection,
        modelId: version.modelId,
        baseModel: version.baseModel,
        ...(shutdownDate ? { shutdownDate } : {}),
      },
      platform: platform.name,
      methods: platform.capabilities.methods,
      old,
      base,
      heritage,
      ...(heritage.train ? { train: await look(heritage.train, base, platform.minimumExamples) } : {}),
      ...(heritage.heldOut ? { heldOut: await look(heritage.heldOut, base, 1) } : {}),
      today: new Date().toISOString().slice(0, 10),
    });
  }

  /** Its connection may be gone with its platform: the plan is made all the same. */
  function oldEntry(connection: string, modelId: string): ModelEntry | undefined {
    try {
      return platforms.get(connection).catalogueEntry(modelId);
    } catch (error) {
      if (error instanceof TunewrightError) return undefined;
      throw error;
    }
  }

  return {
    /** What carrying a registered model to another platform comes to. Throws `model_unknown`, `no_champion`, as sources do. */
    async planMigration(request: MigrationRequest): Promise<MigrationPlan> {
      return await beating(
        () => ({}),
        async (signal) => await plan(request, signal),
      );
    },
  };
}

function noChampion(model: string): TunewrightError {
  return new TunewrightError('no_champion', `No version of "${model}" is in service, so there is none to carry over.`, {
    advice: `\`tunewright models promote ${model} VERSION\` puts one into service.`,
  });
}
