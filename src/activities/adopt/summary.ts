import type { AdoptedModel } from '../../contract/adoption.ts';
import { decodePredictions } from '../../evaluation/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { kitOf } from './kits.ts';
import { goneOf } from './pack.ts';
import type { AdoptionPlan, PlannedChain, PlannedModel } from './plan.ts';

/** Every model of a plan as the records have it; what is not registered, as after a dry run, as its listing tells. */
export async function adoptedModels(dependencies: Dependencies, plan: AdoptionPlan): Promise<AdoptedModel[]> {
  const rows: AdoptedModel[] = [];
  for (const chain of plan.chains) {
    for (const model of chain.models) rows.push(await rowOf(dependencies, chain, model));
  }
  return rows;
}

async function rowOf(
  { store, records }: Dependencies,
  chain: PlannedChain,
  model: PlannedModel,
): Promise<AdoptedModel> {
  const { modelId, baseModel, shutdownDate } = model;
  const version = await (await records()).findVersion(chain.connection, modelId);
  const kit = await kitOf(store, version);
  const row = {
    name: version?.model ?? chain.name,
    champion: version?.aliases.includes('champion') ?? false,
    connection: chain.connection,
    ...{ modelId, baseModel },
    ...(shutdownDate ? { shutdownDate } : {}),
  };
  if (!version || !kit) return { ...row, gone: goneOf(model) };
  const { train, heldOut, heldOutSeen, answers, gone } = kit;
  return {
    ...row,
    version: version.version,
    ...(train ? { train: train.examples } : {}),
    ...(heldOut ? { heldOut: heldOut.examples } : {}),
    ...(heldOutSeen ? { heldOutSeen } : {}),
    ...(answers ? { answers: await tally(decodePredictions(store.read(answers))) } : {}),
    gone,
  };
}

async function tally(predictions: AsyncIterable<{ passed: boolean }>) {
  const count = { examples: 0, passed: 0 };
  for await (const { passed } of predictions) {
    count.examples += 1;
    count.passed += Number(passed);
  }
  return count;
}
