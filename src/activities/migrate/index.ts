import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationPlan, MigrationRequest } from '../../contract/migration.ts';
import { dayOf } from '../../lifetimes/days.ts';
import { leadTime } from '../../lifetimes/lead.ts';
import { factsOf } from '../../platforms/registry.ts';
import { beating } from '../context.ts';
import type { Dependencies } from '../dependencies.ts';
import { refusalOf } from './access.ts';
import { asking } from './asking.ts';
import { gathering } from './material.ts';
import { planOf } from './plan.ts';
import { planOfAll } from './tries.ts';

export function migrateActivities(dependencies: Dependencies) {
  const { platforms, records } = dependencies;

  /** What a request comes to, and each of its tries: what they have in common is found out once. */
  async function planning(
    request: MigrationRequest,
    signal: AbortSignal,
  ): Promise<(single: MigrationRequest) => Promise<MigrationPlan>> {
    const kept = await records();
    const { champion, serve } = await kept.getModel(request.model);
    if (champion === undefined) throw noChampion(request.model);
    const version = await kept.getVersion(request.model, champion);
    const platform = platforms.get(request.connection);
    // Its connection may be gone with its platform, or the key be missing: the plan is made all the same.
    const old = factsOf(platforms, version.connection)?.catalogueEntry(version.modelId);
    // Where the old model answers, that is added to them.
    const minimumExamples = request.distil ? 1 : platform.minimumExamples;
    const materialFor = gathering(dependencies, { version, request, minimumExamples, signal });
    const askingFor = asking(dependencies, version, request, signal);
    const shutdownDate = version.shutdownDate ?? old?.shutdownDate;
    const known = {
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
      unserved: platform.deployments !== undefined && serve === undefined && request.changes?.serve === undefined,
      bases: platform.catalogueModels.map(({ id }) => id),
      ...{ old, lead: await leadTime(kept), today: dayOf(new Date()) },
    };

    return async (single) => {
      const base = platform.catalogueEntry(single.baseModel);
      const material = await materialFor(base);
      const asked = await askingFor(material);
      const found = [...material.found, ...asked.found];
      const { config, ...planned } = planOf({ request: single, ...known, base, ...material, ...asked, found });
      const refusal = config && (await refusalOf(dependencies, config));
      if (refusal) return { ...planned, obstacles: [refusal] };
      return { ...planned, ...(config ? { config } : {}) };
    };
  }

  return {
    /** What carrying a registered model to another platform comes to. Throws `model_unknown`, `no_champion`, as sources do. */
    async planMigration(request: MigrationRequest): Promise<MigrationPlan> {
      return await beating(
        () => ({}),
        async (signal) => await planOfAll(request, await planning(request, signal)),
      );
    },
  };
}

function noChampion(model: string): TunewrightError {
  return new TunewrightError('no_champion', `No version of "${model}" is in service, so there is none to carry over.`, {
    advice: `\`tunewright models promote ${model} VERSION\` puts one into service.`,
  });
}
