import type { RunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { Comparison } from '../contract/evaluation.ts';
import type { EvaluationSummary, PromoteRequest } from '../contract/registry.ts';
import type { RunProgress } from '../contract/run.ts';
import type { Verdict } from '../contract/verdict.ts';
import { needsDeployment } from '../hosting/index.ts';
import { deadByRecord } from '../records/index.ts';
import { kitOf } from './adopt/kits.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { type AskingPrices, askingPrices } from './prices.ts';
import type { Recorded } from './recorded.ts';
import type { ReportInput } from './report.ts';

/** The version in service, as the tuned model is compared with it. */
export interface Champion {
  version: number;
  connection: string;
  /** The platform's id. */
  model: string;
  /** It answers only under a deployment. */
  deploys: boolean;
  /** US dollars a million tokens, and the date they were looked up. */
  prices: AskingPrices;
  /** What it answered while it lived, where that was recorded. */
  recorded?: Recorded;
  /** It answers no more: only what was recorded tells of it. */
  dead?: true;
}

export interface RegisterInput extends Pick<ReportInput, 'model' | 'parts' | 'tuned' | 'rivals' | 'distilled'> {
  run: RunProgress;
  key: string;
  config: RunConfig;
  champion?: { version: number } | undefined;
  compared: {
    rivals: { role: string; difference: Comparison['difference']; pValue: number }[];
    verdict: Verdict;
  };
}

/** What is looked up costs nothing. */
const nothing = { training: 0, input: 0, output: 0, checked: '' };

export function registryActivities({ platforms, records, store }: Dependencies) {
  return {
    /** The champion of a registered model; none where no version was promoted yet. One that was shut down is `dead`. */
    async findChampion({ model }: { model: string }): Promise<Champion | undefined> {
      return await attended(async () => {
        const champion = await championOf(model);
        if (!champion) return undefined;
        const { version, connection, modelId } = champion;
        const recorded = await recordedOf(model, version);
        if (deadByRecord(champion)) {
          const dead = { dead: true, deploys: false, prices: nothing } as const;
          return { version, connection, model: modelId, ...dead, ...(recorded ? { recorded } : {}) };
        }
        const platform = platforms.get(connection);
        const deploys = platform.deployments !== undefined;
        const prices = askingPrices(platform, modelId);
        return { version, connection, model: modelId, deploys, prices, ...(recorded ? { recorded } : {}) };
      });
    },

    /**
     * Registers what the run has made; the same run's model is the same version, however often this is done, with what was
     * compared last. `deploys`: it goes
     * into service under a deployment.
     */
    async registerVersion(input: RegisterInput): Promise<{ version: number; deploys?: true }> {
      return await attended(async () => {
        const kept = await records();
        const { run, config, model, parts, champion, distilled } = input;
        const shutdownDate = platforms.get(config.connection).catalogueEntry(model)?.shutdownDate;
        const { version, ...where } = await kept.registerVersion({
          model: config.register as string,
          runKey: input.key,
          by: run.name,
          connection: config.connection,
          platform: platforms.get(config.connection).name,
          modelId: model,
          baseModel: config.model,
          ...(shutdownDate ? { shutdownDate } : {}),
          lineage: {
            run: run.name,
            ...(run.parent ? { parentRun: run.parent } : {}),
            ...(champion ? { parentVersion: champion.version } : {}),
            data: {
              train: parts.train.sha256,
              test: parts.test.sha256,
              ...(parts.validation ? { validation: parts.validation.sha256 } : {}),
            },
            ...(distilled ? { distilled } : {}),
            config,
            cost: run.cost,
            evaluation: summaryOf(input),
            ...(run.report ? { report: run.report } : {}),
          },
        });
        const { serve } = config;
        if (serve) await kept.setServe({ model: where.model, by: run.name, serve });
        const deploys = await needsDeployment({ records: kept, platforms }, where);
        return { version, ...(deploys ? { deploys } : {}) };
      });
    },

    /** Makes a version the champion; `conflict` says that another one has become it since it was compared with. */
    async promoteVersion(request: PromoteRequest): Promise<{ conflict: boolean }> {
      return await attended(async () => {
        try {
          await (await records()).promote(request);
          return { conflict: false };
        } catch (error) {
          if (error instanceof TunewrightError && error.code === 'conflict') return { conflict: true };
          throw error;
        }
      });
    },
  };

  async function recordedOf(model: string, version: number): Promise<Recorded | undefined> {
    const { heldOut, answers } = (await kitOf(store, await (await records()).getVersion(model, version))) ?? {};
    return heldOut && answers && { heldOut, answers };
  }

  async function championOf(model: string) {
    try {
      return (await (await records()).serving(model)).champion;
    } catch (error) {
      const none = error instanceof TunewrightError && ['model_unknown', 'no_champion'].includes(error.code);
      if (none) return undefined;
      throw error;
    }
  }
}

function summaryOf({ tuned, rivals, compared }: RegisterInput): EvaluationSummary {
  return {
    examples: tuned.examples,
    score: tuned.score,
    against: rivals.flatMap(({ role, evaluation }) => {
      const { difference, pValue } = compared.rivals.find((rival) => rival.role === role) ?? {};
      if (!difference || pValue === undefined) return [];
      return [{ target: role, model: evaluation.model, score: evaluation.score, difference, pValue }];
    }),
    gate: { decision: compared.verdict.decision, says: compared.verdict.says },
  };
}
