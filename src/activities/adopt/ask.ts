import type { EscapeKit } from '../../contract/kit.ts';
import type { ModelVersion } from '../../contract/registry.ts';
import { decodePredictions } from '../../evaluation/index.ts';
import type { TrainingPlatform } from '../../platforms/platform.ts';
import { lastHeartbeat } from '../context.ts';
import type { Dependencies } from '../dependencies.ts';
import { evaluateActivities } from '../evaluate.ts';
import { tokensUsd } from '../grading.ts';
import { isOfOneThing } from './files.ts';
import { keepKit, kitOf } from './kits.ts';
import { priceOfAnswers } from './price.ts';

export interface Asked {
  asked: boolean;
  /** The most that it can cost is not left of the budget. */
  overBudget?: true;
  /** US dollars, at the catalogue's prices. */
  usd: number;
}

const notAsked: Asked = { asked: false, usd: 0 };
const questionsAtOnce = 8;

export interface Asking {
  version: ModelVersion;
  platform: TrainingPlatform;
  /** What is left of the budget, US dollars. */
  leftUsd: number;
  by: string;
}

/**
 * Asks a model the held-out examples of its kit, if the most that this can cost is left of the budget, and keeps the
 * answers in the kit. No model is asked twice: what an earlier attempt has kept is counted, not paid again.
 */
export async function askModel(dependencies: Dependencies, asking: Asking): Promise<Asked> {
  const { store } = dependencies;
  const { version, platform, leftUsd } = asking;
  const kit = await kitOf(store, version);
  if (!kit?.heldOut) return notAsked;
  // The attempt before this one had got so far, and died before it could tell.
  if (kit.answers) return lastHeartbeat() === undefined ? notAsked : { asked: true, usd: await spentOn(kit, asking) };
  const price = await priceOfAnswers(store, platform, kit);
  if (!price) return notAsked;
  if (price.atMostUsd > leftUsd) return { ...notAsked, overBudget: true };
  const deployment = platform.deployments?.existing(kit.modelId);
  if (platform.deployments && deployment === undefined) return notAsked;
  try {
    const { predictions } = await evaluateActivities(dependencies).evaluateModel({
      connection: kit.connection,
      model: kit.modelId,
      ...(deployment === undefined ? {} : { deployment: { name: deployment, own: false } }),
      method: kit.method,
      test: kit.heldOut,
      evaluation: {
        grader: { type: 'exact_match', normalise: true },
        concurrency: questionsAtOnce,
        maxOutputTokens: price.maxOutputTokens,
        reuseAnswers: false,
        batch: false,
        slices: [],
        checkpoint: 'last',
        deploymentHours: 1,
      },
      seed: kit.seed ?? 1,
    });
    const answered = { ...kit, answers: predictions };
    await replace(answered);
    return { asked: true, usd: await spentOn(answered, asking) };
  } catch (error) {
    if (!isOfOneThing(error)) throw error;
    const sentence = `The model does not answer any more: ${error.message}`;
    if (!kit.gone.includes(sentence)) await replace({ ...kit, gone: [...kit.gone, sentence] });
    return notAsked;
  }

  async function replace(fuller: EscapeKit): Promise<void> {
    const { model, version: number } = version;
    const ref = await keepKit(store, fuller);
    await (await dependencies.records()).replaceKit({ model, version: number, by: asking.by, kit: ref });
  }

  async function spentOn({ answers, baseModel }: EscapeKit, { platform }: Asking): Promise<number> {
    const prices = platform.catalogueEntry(baseModel)?.prices;
    let usd = 0;
    if (!answers) return usd;
    for await (const used of decodePredictions(store.read(answers))) usd += tokensUsd(prices, used) ?? 0;
    return usd;
  }
}
