import type { AdoptedModel, AdoptionRequest, FoundAccount } from '../../contract/adoption.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { StageProgress } from '../../contract/run.ts';
import { beating } from '../context.ts';
import type { Dependencies } from '../dependencies.ts';
import { snapshot } from '../snapshot.ts';
import { type Asked, askModel } from './ask.ts';
import { adoptModels, type ChainOutcome } from './chain.ts';
import { fileFetcher } from './files.ts';
import { patientCalls } from './patient.ts';
import { type AdoptionPlan, nameChains, type PlannedChain, takeInventory } from './plan.ts';
import { adoptedModels } from './summary.ts';

export interface PlannedAdoption {
  /** An `AdoptionPlan` as JSON. */
  plan: ArtifactRef;
  chains: number;
  accounts: FoundAccount[];
  passedOver: string[];
}

export interface OfChain {
  plan: ArtifactRef;
  /** Of the chain, from 0. */
  index: number;
  by: string;
}

export function adoptActivities(dependencies: Dependencies) {
  const { platforms, store } = dependencies;
  const fetchFrom = fileFetcher(store);
  const planOf = async (ref: ArtifactRef) => JSON.parse(await store.readText(ref)) as AdoptionPlan;
  const chainOf = async ({ plan: ref, index }: OfChain) => {
    const plan = await planOf(ref);
    return { plan, chain: plan.chains[index] as PlannedChain };
  };

  return {
    /** Lists what the accounts hold and names what is to be registered. Throws `model_not_found` for a model that none holds. */
    async planAdoption(request: AdoptionRequest): Promise<PlannedAdoption> {
      return await beating(
        () => ({}),
        async (signal) => {
          const records = await dependencies.records();
          const passedOver: string[] = [];
          const accounts: FoundAccount[] = [];
          const found: Omit<PlannedChain, 'name'>[] = [];
          for (const connection of request.connection === undefined ? platforms.names : [request.connection]) {
            const opened = open(connection);
            if (opened instanceof TunewrightError) {
              if (request.connection !== undefined) throw opened;
              passedOver.push(opened.message);
              continue;
            }
            const { platform, listings } = opened;
            const { models } = request;
            const inventory = await takeInventory(connection, platform, listings, records, {
              ...(models ? { models } : {}),
              signal,
            });
            accounts.push(inventory.account);
            found.push(...inventory.chains);
          }
          checkFound(request.models, found);
          const at = new Date().toISOString();
          const chains = await nameChains(found, records);
          const heldOut = await heldOutOf(request, accounts[0]?.connection, signal);
          const plan = await store.put(JSON.stringify({ at, chains, ...(heldOut ? { heldOut } : {}) }));
          return { plan, chains: chains.length, accounts, passedOver };
        },
      );
    },

    /** Packs and registers the models of one chain. What was packed before is not asked for again. */
    async adoptChain(input: OfChain & { dryRun: boolean }): Promise<ChainOutcome> {
      const { by, dryRun } = input;
      const { plan, chain } = await chainOf(input);
      const beat: StageProgress = { done: 0, total: chain.models.length };
      return await beating(
        () => beat,
        async (signal) => {
          const platform = platforms.get(chain.connection);
          const call = patientCalls(signal);
          const fetchFile = async (id: string) => await call(() => fetchFrom(chain.connection, platform, id, signal));
          const onDone = (done: number) => Object.assign(beat, { done });
          const records = await dependencies.records();
          return await adoptModels({
            ...{ store, records, platform, plan, chain, by, dryRun, fetchFile, call, signal, onDone },
          });
        },
      );
    },

    /** Asks one model of a chain: the newest that answers when `nth` is 0, then those before it; tells whether there are more. */
    async askAdopted(input: OfChain & { nth: number; leftUsd: number }): Promise<Asked & { more: boolean }> {
      const { nth, leftUsd, by } = input;
      const { chain } = await chainOf(input);
      const listed = chain.models.filter((model) => model.listed).toReversed();
      const more = nth + 1 < listed.length;
      const modelId = listed[nth]?.modelId;
      const version =
        modelId === undefined ? undefined : await (await dependencies.records()).findVersion(chain.connection, modelId);
      if (!version) return { asked: false, usd: 0, more };
      const platform = platforms.get(chain.connection);
      return { ...(await askModel(dependencies, { version, platform, leftUsd, by })), more };
    },

    /** All that was adopted, version by version: `AdoptedModel[]` as JSON. */
    async sumUpAdoption({ plan: ref }: { plan: ArtifactRef }): Promise<ArtifactRef> {
      return await beating(
        () => ({}),
        async () => {
          const rows: AdoptedModel[] = await adoptedModels(dependencies, await planOf(ref));
          return await store.put(JSON.stringify(rows));
        },
      );
    },
  };

  function open(connection: string) {
    try {
      const platform = platforms.get(connection);
      const { account: listings } = platform;
      return listings ? { platform, listings } : cannotList(connection, platform.name);
    } catch (error) {
      if (error instanceof TunewrightError) return error;
      throw error;
    }
  }

  async function heldOutOf({ heldOut }: AdoptionRequest, connection: string | undefined, signal: AbortSignal) {
    if (heldOut === undefined) return undefined;
    return await snapshot(dependencies, heldOut, { connection: connection ?? '', signal, onProgress: () => undefined });
  }
}

function cannotList(connection: string, platform: string): TunewrightError {
  return new TunewrightError(
    'invalid_config',
    `The connection "${connection}" cannot be adopted from: ${platform} has no listing of what others have made there.`,
    { advice: 'Name another connection; what runs have made there is registered by them.' },
  );
}

function checkFound(wanted: readonly string[] | undefined, found: readonly Pick<PlannedChain, 'models'>[]): void {
  const there = new Set(found.flatMap(({ models }) => models.map(({ modelId }) => modelId)));
  const missing = wanted?.filter((id) => !there.has(id)) ?? [];
  if (missing.length === 0) return;
  throw new TunewrightError('model_not_found', `No account holds ${missing.join(', ')}, or a run has registered it.`, {
    advice: 'Check the ids; `tunewright adopt --dry-run` lists what there is.',
  });
}
