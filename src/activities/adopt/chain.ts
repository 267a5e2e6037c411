import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { EscapeKit } from '../../contract/kit.ts';
import type { AdoptedLineage, ModelVersion } from '../../contract/registry.ts';
import type { TrainingPlatform } from '../../platforms/platform.ts';
import { deadByRecord, type Records } from '../../records/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { keepKit, kitOf } from './kits.ts';
import { type Packed, type Packing, packKit } from './pack.ts';
import type { AdoptionPlan, PlannedChain, PlannedModel } from './plan.ts';
import { type AnswersPrice, priceOfAnswers } from './price.ts';

/** How the models of one chain have fared. Money in US dollars. */
export interface ChainOutcome {
  adopted: number;
  fuller: number;
  known: number;
  /** For the answers that are still to be had. */
  expectedUsd: number;
  atMostUsd: number;
}

export interface ChainWork extends Pick<Dependencies, 'store'> {
  records: Records;
  platform: TrainingPlatform;
  plan: AdoptionPlan;
  chain: PlannedChain;
  by: string;
  dryRun: boolean;
  fetchFile: Packing['fetchFile'];
  call: Packing['call'];
  signal: AbortSignal;
  onDone(done: number): void;
}

/** Why adopted models become champions, as the audit has it. */
const reasonOfAdoption = 'adopted: the newest of its name';

/** Packs and registers the models of one chain, oldest first, and puts the newest that still answers into service. */
export async function adoptModels(work: ChainWork): Promise<ChainOutcome> {
  const { chain, records, dryRun } = work;
  const outcome: ChainOutcome = { adopted: 0, fuller: 0, known: 0, expectedUsd: 0, atMostUsd: 0 };
  const surveys: Packing['surveys'] = new Map();
  for (const [index, model] of chain.models.entries()) {
    const version = await records.findVersion(chain.connection, model.modelId);
    const packed = await packedOf(work, model, version, surveys);
    const kept = dryRun ? version : await keep(work, model, version, packed);
    outcome[whatIsNew(work, kept, packed.kit)] += 1;
    const price = await priceOf(work, model, packed.kit);
    outcome.expectedUsd += price?.expectedUsd ?? 0;
    outcome.atMostUsd += price?.atMostUsd ?? 0;
    work.onDone(index + 1);
  }
  if (!dryRun) await promoteNewest(work);
  return outcome;
}

async function packedOf(
  work: ChainWork,
  model: PlannedModel,
  version: ModelVersion | undefined,
  surveys: Packing['surveys'],
): Promise<Packed> {
  const { store, platform, chain, plan, fetchFile, call, signal } = work;
  const earlier = await kitOf(store, version);
  return await packKit({
    ...{ platform, store, chain, model, heldOut: plan.heldOut, earlier, fetchFile, call, signal, surveys },
  });
}

async function keep(
  { store, records, chain, by }: ChainWork,
  model: PlannedModel,
  version: ModelVersion | undefined,
  { kit, fuller, longestTokens }: Packed,
): Promise<ModelVersion> {
  if (version && !fuller) return version;
  const ref = await keepKit(store, kit);
  if (version) {
    const { model: name, version: number } = version;
    return await records.replaceKit({ model: name, version: number, by, kit: ref, longestTokens });
  }
  const { connection, platform } = chain;
  const { modelId, baseModel, shutdownDate } = model;
  return await records.registerVersion({
    ...{ model: chain.name, runKey: `adopted-${connection}-${modelId}`, by, connection, platform, modelId, baseModel },
    ...(shutdownDate ? { shutdownDate } : {}),
    lineage: lineageOf(chain, model, ref, longestTokens),
  });
}

function lineageOf(
  { connection, family, suffix, modelId }: PlannedChain,
  { method, job, parentModel }: PlannedModel,
  kit: ArtifactRef,
  longestTokens: number | undefined,
): AdoptedLineage {
  return {
    adopted: true,
    kit,
    method,
    chain: { connection, family, ...(suffix ? { suffix } : {}), ...(modelId ? { modelId } : {}) },
    ...(job ? { job: job.id } : {}),
    ...(parentModel ? { parentModel } : {}),
    ...(longestTokens ? { longestTokens } : {}),
  };
}

/** By its age, so that an attempt that goes on counts what the one before it has done. */
function whatIsNew({ plan }: ChainWork, version: ModelVersion | undefined, kit: EscapeKit) {
  if (!version || version.createdAt >= plan.at) return 'adopted';
  return kit.packedAt >= plan.at ? 'fuller' : 'known';
}

/** Undefined where it was asked before or cannot be. */
async function priceOf(
  { store, platform }: ChainWork,
  { listed }: PlannedModel,
  kit: EscapeKit,
): Promise<AnswersPrice | undefined> {
  return listed && !kit.answers ? await priceOfAnswers(store, platform, kit) : undefined;
}

/**
 * What a person has decided stays: only a champion that an adoption has made gives way, to a model that is known to be
 * newer.
 */
async function promoteNewest({ records, chain, by }: ChainWork): Promise<void> {
  const versions = await records.listVersions(chain.name);
  const ageOf = ({ modelId }: ModelVersion) => chain.models.findIndex((model) => model.modelId === modelId);
  const alive = versions.filter(
    (version) => chain.models[ageOf(version)]?.listed && deadByRecord(version) === undefined,
  );
  const [newest] = alive.toSorted((a, b) => ageOf(b) - ageOf(a));
  const champion = versions.find(({ aliases }) => aliases.includes('champion'));
  if (!newest || newest === champion) return;
  if (champion && (champion.promoted?.reason !== reasonOfAdoption || ageOf(champion) < 0)) return;
  if (champion && ageOf(champion) > ageOf(newest)) return;
  try {
    await records.promote({
      model: chain.name,
      version: newest.version,
      by,
      reason: reasonOfAdoption,
      requestId: `adopt-${newest.modelId}`,
      expectedChampion: champion?.version ?? null,
    });
  } catch (error) {
    // Somebody else was faster.
    if (!(error instanceof TunewrightError && error.code === 'conflict')) throw error;
  }
}
