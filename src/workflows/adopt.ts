import { continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  type AdoptionProgress,
  type AdoptionRequest,
  type AdoptionResult,
  adoptionQuery,
} from '../contract/adoption.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import { activities } from './activities.ts';
import { together } from './together.ts';

/** How far an execution had come when its history had grown long. */
interface Carried {
  plan: ArtifactRef;
  progress: AdoptionProgress;
  /** Chains that have models which were not asked, and the place among them. */
  asking?: { nth: number; indexes: number[]; at: number; next: number[] };
}

/** Chains that are packed side by side: the platform's limit is shared with those whom the models serve. */
const chainsAtOnce = 4;

/**
 * Finds what accounts hold, registers each tuned model and packs what can be had of it, then asks the models their
 * held-out examples as far as the budget goes: of each name the newest first. Changes nothing at the platform.
 */
export async function adopt(request: AdoptionRequest, carried?: Carried): Promise<AdoptionResult> {
  const { by, dryRun, budgetUsd } = request;
  const progress = carried?.progress ?? begun();
  setHandler(adoptionQuery, () => progress);

  const plan = carried?.plan ?? (await list());
  if (progress.stage === 'pack') await pack();
  if (progress.stage === 'ask') await ask();
  progress.stage = 'sum up';
  const models = await activities.sumUpAdoption('Sum up', { plan });
  return { ...progress, models };

  async function list(): Promise<ArtifactRef> {
    const { plan: found, chains, accounts, passedOver } = await activities.planAdoption('List the accounts', request);
    Object.assign(progress, { stage: 'pack', accounts, passedOver, names: chains });
    return found;
  }

  /** In rounds, so that what is done can be carried over as a number. */
  async function pack(): Promise<void> {
    while (progress.packed < progress.names) {
      const first = progress.packed;
      const indexes = Array.from({ length: Math.min(chainsAtOnce, progress.names - first) }, (_, i) => first + i);
      const outcomes = await together(
        indexes.map(
          (index) => async () =>
            await activities.adoptChain(`Pack model ${index + 1} of ${progress.names}`, { plan, index, by, dryRun }),
        ),
      );
      for (const outcome of outcomes) {
        for (const what of ['adopted', 'fuller', 'known', 'expectedUsd', 'atMostUsd'] as const) {
          progress[what] += outcome[what];
        }
      }
      progress.packed += indexes.length;
      await carryOver({ plan, progress });
    }
    progress.stage = dryRun || budgetUsd === 0 ? 'sum up' : 'ask';
  }

  async function ask(): Promise<void> {
    const all = Array.from({ length: progress.names }, (_, index) => index);
    const asking = carried?.asking ?? { nth: 0, indexes: all, at: 0, next: [] };
    while (asking.indexes.length > 0) {
      for (; asking.at < asking.indexes.length; asking.at++) {
        await carryOver({ plan, progress, asking });
        const index = asking.indexes[asking.at] as number;
        const leftUsd = budgetUsd - progress.spentUsd;
        const { nth } = asking;
        const { asked, overBudget, usd, more } = await activities.askAdopted(
          `Ask model ${index + 1} of ${progress.names}${nth === 0 ? '' : `, ${nth} before the newest`}`,
          { plan, index, nth, leftUsd, by },
        );
        progress.asked += Number(asked);
        progress.overBudget += Number(overBudget === true);
        progress.spentUsd += usd;
        if (more) asking.next.push(index);
      }
      Object.assign(asking, { nth: asking.nth + 1, indexes: asking.next, at: 0, next: [] });
    }
  }

  async function carryOver(so: Carried): Promise<void> {
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof adopt>(request, so);
  }
}

function begun(): AdoptionProgress {
  return {
    stage: 'list',
    accounts: [],
    passedOver: [],
    names: 0,
    packed: 0,
    adopted: 0,
    fuller: 0,
    known: 0,
    expectedUsd: 0,
    atMostUsd: 0,
    asked: 0,
    overBudget: 0,
    spentUsd: 0,
  };
}
