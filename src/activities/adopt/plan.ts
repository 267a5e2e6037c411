import type { AdoptionRequest, FoundAccount } from '../../contract/adoption.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { Method } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { AdoptedChain } from '../../contract/registry.ts';
import type { JobSummary } from '../../contract/run.ts';
import type { AccountJob, AccountListings, AccountModel, TrainingPlatform } from '../../platforms/platform.ts';
import type { Records } from '../../records/index.ts';
import { chainKey, isOf, namesFor } from './names.ts';

/** What is adopted, by registered model; it is an artifact, for it grows with the account. */
export interface AdoptionPlan {
  /** ISO time: what is younger was made by this adoption. */
  at: string;
  heldOut?: ArtifactRef;
  /** Those that die first come first. */
  chains: PlannedChain[];
}

export interface PlannedChain extends AdoptedChain {
  name: string;
  platform: string;
  /** Oldest first: the order of their versions. */
  models: PlannedModel[];
}

export interface PlannedModel {
  modelId: string;
  baseModel: string;
  method: Method;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** Whether the platform lists it. */
  listed: boolean;
  /** YYYY-MM-DD. */
  shutdownDate?: string;
  job?: JobSummary;
  hyperparameters: Record<string, number | 'auto'>;
  seed?: number;
  /** The tuned model that it started from. */
  parentModel?: string;
  train?: PlannedFile;
  validation?: PlannedFile;
  results: PlannedFile[];
}

export interface PlannedFile {
  id: string;
  listed: boolean;
}

/** What one account holds, as chains that are not named yet. */
export interface Inventory {
  account: FoundAccount;
  chains: Omit<PlannedChain, 'name'>[];
}

/**
 * Reads all listings of an account.
 *
 * @param only the models that are wanted; all when absent
 */
export async function takeInventory(
  connection: string,
  platform: TrainingPlatform,
  listings: AccountListings,
  records: Records,
  { models: only, signal }: Pick<AdoptionRequest, 'models'> & { signal: AbortSignal },
): Promise<Inventory> {
  const files = new Set<string>();
  for await (const { id } of listings.files(signal)) files.add(id);
  const usable = new Map((await listings.models(signal)).map((model) => [model.id, model]));
  const made = new Map<string, AccountJob>();
  const named = new Set<string>();
  let jobs = 0;
  for await (const job of listings.jobs(signal)) {
    jobs += 1;
    for (const id of filesOf(job)) named.add(id);
    if (job.model !== null) made.set(job.model, job);
  }

  const ids = [...new Set([...made.keys(), ...usable.keys()])];
  const chains = new Map<string, Omit<PlannedChain, 'name'>>();
  let registeredByRuns = 0;
  for (const id of ids) {
    const described = usable.get(id) ?? describedBy(id, made.get(id), listings);
    const known = await records.findVersion(connection, id);
    if (known && !known.lineage.adopted) {
      registeredByRuns += 1;
      continue;
    }
    if (only && !only.includes(id)) continue;
    const model = plannedModel(id, platform, described, made.get(id), usable.has(id), files);
    const chain = chainOf(connection, platform, model, made.get(id)?.suffix ?? described.suffix);
    const key = chainKey(chain);
    const planned = chains.get(key) ?? { ...chain, platform: platform.name, models: [] };
    planned.models.push(model);
    chains.set(key, planned);
  }
  // Platforms tell whole seconds, and list the newest first.
  for (const { models } of chains.values()) models.reverse().sort((a, b) => a.createdAt - b.createdAt);
  const unusedFiles = [...files].filter((id) => !named.has(id)).length;
  const account = { connection, jobs, files: files.size, models: ids.length, unusedFiles, registeredByRuns };
  return { account, chains: [...chains.values()] };
}

/** Gives each chain the name that it has already, or the first that is free; the same account, the same names. */
export async function nameChains(chains: readonly Omit<PlannedChain, 'name'>[], records: Records) {
  const taken = new Set<string>();
  const named: PlannedChain[] = [];
  for (const chain of chains.toSorted((a, b) => begun(a) - begun(b) || (chainKey(a) < chainKey(b) ? -1 : 1))) {
    const name = await nameOf(chain, records, taken);
    taken.add(name);
    named.push({ ...chain, name });
  }
  return named.sort((a, b) => dies(a).localeCompare(dies(b)) || a.name.localeCompare(b.name));
}

async function nameOf(chain: Omit<PlannedChain, 'name'>, records: Records, taken: ReadonlySet<string>) {
  for (const { modelId } of chain.models) {
    const known = await records.findVersion(chain.connection, modelId);
    if (known) return known.model;
  }
  for (const name of namesFor(chain)) {
    if (taken.has(name)) continue;
    const versions = await versionsOf(name, records);
    if (versions.length === 0 || isOf(chain, versions)) return name;
  }
  throw new Error('unreachable: numbers do not end');
}

async function versionsOf(name: string, records: Records) {
  try {
    return await records.listVersions(name);
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'model_unknown') return [];
    throw error;
  }
}

function filesOf({ trainingFileId, validationFileId, resultFileIds }: AccountJob): string[] {
  return [trainingFileId, ...(validationFileId ? [validationFileId] : []), ...resultFileIds];
}

/** Of a model that the platform lists no more, its id and its job tell. */
function describedBy(id: string, job: AccountJob | undefined, { describe }: AccountListings): AccountModel {
  return { id, ...(describe(id) ?? { baseModel: job?.startedFrom ?? id }) };
}

function plannedModel(
  modelId: string,
  platform: TrainingPlatform,
  described: AccountModel,
  job: AccountJob | undefined,
  listed: boolean,
  files: ReadonlySet<string>,
): PlannedModel {
  const { baseModel } = described;
  const shutdownDate = described.shutdownDate ?? platform.catalogueEntry(baseModel)?.shutdownDate;
  const file = (id: string): PlannedFile => ({ id, listed: files.has(id) });
  const known = { modelId, baseModel, listed, ...(shutdownDate ? { shutdownDate } : {}) };
  if (!job) {
    return { ...known, method: 'supervised', createdAt: described.createdAt ?? 0, hyperparameters: {}, results: [] };
  }
  const { method, createdAt, hyperparameters, seed, startedFrom, trainingFileId, validationFileId } = job;
  return {
    ...known,
    ...{ method, createdAt, hyperparameters },
    job: summaryOf(job, platform),
    ...(seed === undefined ? {} : { seed }),
    ...(startedFrom === baseModel || platform.account?.describe(startedFrom) === undefined
      ? {}
      : { parentModel: startedFrom }),
    train: file(trainingFileId),
    ...(validationFileId ? { validation: file(validationFileId) } : {}),
    results: job.resultFileIds.map(file),
  };
}

function summaryOf({ id, platformStatus, trainedTokens, model }: AccountJob, platform: TrainingPlatform): JobSummary {
  const url = platform.jobUrl(id);
  return {
    id,
    platformStatus,
    ...(url ? { url } : {}),
    ...(trainedTokens === undefined ? {} : { trainedTokens }),
    ...(model === null ? {} : { model }),
  };
}

function chainOf(
  connection: string,
  platform: TrainingPlatform,
  { modelId, baseModel }: PlannedModel,
  suffix: string | undefined,
): AdoptedChain {
  const family = platform.catalogueEntry(baseModel)?.aliases[0] ?? baseModel;
  return { connection, family, ...(suffix ? { suffix } : { modelId }) };
}

const begun = ({ models }: Pick<PlannedChain, 'models'>) => models[0]?.createdAt ?? 0;
/** Without a date, last. */
const dies = ({ models }: Pick<PlannedChain, 'models'>) => models.at(-1)?.shutdownDate ?? '9999-12-31';
