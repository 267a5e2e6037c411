import type { ArtifactRef } from '../../contract/artifact.ts';
import type { DistilPlan } from '../../contract/distillation.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { MigrationPlan, MigrationRequest, Obstacle } from '../../contract/migration.ts';
import { inspectDataset } from '../../datasets/index.ts';
import { dayOf } from '../../lifetimes/days.ts';
import type { ModelEntry } from '../../platforms/catalogue.ts';
import { beating } from '../context.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Askable, askable, askedModel } from '../distil/old-model.ts';
import { planDistillation } from '../distil/plan.ts';
import { snapshot } from '../snapshot.ts';
import { divided, fieldsOf } from './divide.ts';
import { type Heritage, heritageOf } from './facts.ts';
import { type Facts, planOf } from './plan.ts';
import { planOfAll } from './tries.ts';

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
    const found: Obstacle[] = [];
    const minimumExamples = request.distil ? 1 : platform.minimumExamples;
    const look = async (heritage: Heritage, file: ArtifactRef | undefined, minimumExamples: number) =>
      file &&
      (await inspectDataset(await store.path(file), {
        method: heritage.method,
        minimumExamples,
        fields: fieldsOf(heritage, request),
        maxProblems: problemsKept,
        ...(base
          ? { maxTokensPerExample: base.trainingContextTokens, encoding: base.encoding, without: base.without }
          : {}),
        signal,
      }));

    const all = await heritageOf(dependencies, version, request, signal);
    const whole = await look(all, all.train, minimumExamples);
    const divides = whole?.errors === 0 && !all.heldOut;
    const heritage = divides ? await orInTheWay(all, divided(store, all, request, minimumExamples, signal)) : all;
    const train = heritage.divided ? await look(heritage, heritage.train, minimumExamples) : whole;
    const heldOut = await look(heritage, heritage.heldOut, 1);
    // Where its answers are recorded and it is not to teach, nobody needs it.
    const asks = request.distil || (heldOut && !heritage.recorded);
    const alive = asks ? await askable(platforms, version, signal) : undefined;
    const distil = alive && (await distillation(heritage, alive));
    const reference =
      heldOut && !heritage.recorded && alive ? referenceOf(heritage, heldOut.examples, alive) : undefined;
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
      ...{ old, base, heritage, found },
      ...(train ? { train } : {}),
      ...(heldOut ? { heldOut } : {}),
      ...(distil ? { distil } : {}),
      ...(reference ? { reference } : {}),
      today: dayOf(new Date()),
    });

    async function orInTheWay(otherwise: Heritage, work: Promise<Heritage>): Promise<Heritage> {
      try {
        return await work;
      } catch (error) {
        if (!(error instanceof TunewrightError) || error.code !== 'invalid_data') throw error;
        found.push({ code: 'data', message: error.message, advice: error.advice });
        return otherwise;
      }
    }

    function referenceOf(heritage: Heritage, examples: number, old: Askable | string): Facts['reference'] {
      if (typeof old === 'string') return old;
      return { ...askedModel(version, old), heldOut: { ...(heritage.heldOut as ArtifactRef), examples } };
    }

    async function distillation(heritage: Heritage, old: Askable | string): Promise<DistilPlan | undefined> {
      if (!request.distil) return undefined;
      const { inputs: source, budgetUsd } = request.distil;
      const { connection } = request;
      const inputs =
        source === undefined
          ? undefined
          : await snapshot(dependencies, source, { connection, signal, onProgress: () => undefined });
      const planned = await planDistillation({ store, version, old, heritage, inputs, budgetUsd });
      if (!('code' in planned)) return planned;
      found.push(planned);
      return undefined;
    }
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
