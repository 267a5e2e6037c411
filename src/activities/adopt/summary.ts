import type { AdoptedModel } from '../../contract/adoption.ts';
import type { EscapeKit } from '../../contract/kit.ts';
import { decodePredictions } from '../../evaluation/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { askedIn, unlessInvalid } from '../migrate/data.ts';
import { kitOf } from './kits.ts';
import { goneOf } from './pack.ts';
import type { AdoptionPlan, PlannedChain, PlannedModel } from './plan.ts';

/** Every model of a plan as the records have it; what is not registered, as after a dry run, as its listing tells. */
export async function adoptedModels(dependencies: Dependencies, plan: AdoptionPlan): Promise<AdoptedModel[]> {
  const rows: AdoptedModel[] = [];
  const counted: Counted = new Map();
  for (const chain of plan.chains) {
    for (const model of chain.models) rows.push(await rowOf(dependencies, chain, model, counted));
  }
  return rows;
}

/** Of files that were compared, by their hashes: the models of a chain often share them. */
type Counted = Map<string, number>;

async function rowOf(
  { store, records }: Dependencies,
  chain: PlannedChain,
  model: PlannedModel,
  counted: Counted,
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
  const { train, heldOut, answers, gone } = kit;
  const seen = await seenOf(store, kit, counted);
  return {
    ...row,
    version: version.version,
    ...(train ? { train: train.examples } : {}),
    ...(heldOut ? { heldOut: heldOut.examples } : {}),
    ...(seen > 0 ? { seen } : {}),
    ...(answers ? { answers: await tally(decodePredictions(store.read(answers))) } : {}),
    gone,
  };
}

/** A person's examples, or those of a validation file, may stand in the training file too. */
async function seenOf(
  store: Dependencies['store'],
  { train, heldOut, heldOutSeen, method }: EscapeKit,
  counted: Counted,
): Promise<number> {
  if (!heldOut) return 0;
  if (heldOutSeen) return heldOut.examples;
  if (!train) return 0;
  const key = `${method} ${heldOut.sha256} ${train.sha256}`;
  const seen = counted.get(key) ?? (await unlessInvalid(askedIn(store, heldOut, train, method))) ?? 0;
  counted.set(key, seen);
  return seen;
}

async function tally(predictions: AsyncIterable<{ passed: boolean }>) {
  const count = { examples: 0, passed: 0 };
  for await (const { passed } of predictions) {
    count.examples += 1;
    count.passed += Number(passed);
  }
  return count;
}
