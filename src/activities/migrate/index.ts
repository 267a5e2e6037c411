import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationPlan, MigrationRequest } from '../../contract/migration.ts';
import { dayOf } from '../../lifetimes/days.ts';
import { leadTime } from '../../lifetimes/lead.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import { beating } from '../context.ts';
import type { Dependencies } from '../dependencies.ts';
import { refusalOf } from './access.ts';
import { askingOf } from './asking.ts';
import { materialOf } from './material.ts';
import { planOf } from './plan.ts';
import { planOfAll } from './tries.ts';

export function migrateActivities(dependencies: Dependencies) {
  const { platforms, records } = dependencies;

  async function plan(request: MigrationRequest, signal: AbortSignal): Promise<MigrationPlan> {
    const kept = await records();
    const { champion } = await kept.getModel(request.model);
    if (champion === undefined) throw noChampion(request.model);
    const version = await kept.getVersion(request.model, champion);
    const platform = platforms.get(request.connection);
    const base = platform.catalogueEntry(request.baseModel);
    const old = oldEntry(version.connection, version.modelId);
    // Where the old model answers, that is added to them.
    const minimumExamples = request.distil ? 1 : platform.minimumExamples;
    const material = await materialOf(dependencies, { version, request, base, minimumExamples, signal });
    const asking = await askingOf(dependencies, version, request, material, signal);
    const shutdownDate = version.shutdownDate ?? old?.shutdownDate;
    const { config, ...planned } = planOf({
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
      minimumExamples: platform.minimumExamples,
      ...{ old, base, ...material, ...asking },
      found: [...material.found, ...asking.found],
      lead: await leadTime(kept),
      today: dayOf(new Date()),
    });
    const refusal = config && (await refusalOf(dependencies, config));
    if (refusal) return { ...planned, obstacles: [refusal] };
    return { ...planned, ...(config ? { config } : {}) };
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
        async (signal) => await planOfAll(request, async (single) => await plan(single, signal)),
      );
    },
  };
}

function noChampion(model: string): TunewrightError {
  return new TunewrightError('no_champion', `No version of "${model}" is in service, so there is none to carry over.`, {
    advice: `\`tunewright models promote ${model} VERSION\` puts one into service.`,
  });
}
