import type { RunConfig } from '../contract/config.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import type { RunProgress } from '../contract/run.ts';
import { attended } from './context.ts';
import type { Dependencies } from './dependencies.ts';

export interface KeepRecordInput {
  key: string;
  config: RunConfig;
  run: RunProgress;
  /** ISO time by the workflow's clock. */
  endedAt: string;
  /** Of models on the held-out examples, each by what it was asked as. */
  evaluations: { role: string; connection: string; dataSha256: string; evaluation: ModelEvaluation }[];
}

export function recordActivities({ records }: Dependencies) {
  return {
    /** Keeps what is known of a run that has ended where it outlives Temporal's retention. */
    async keepRecord({ key, config, run, endedAt, evaluations }: KeepRecordInput): Promise<void> {
      await attended(async () => {
        const kept = await records();
        await kept.recordRun({ key, config, progress: run, asOf: endedAt, endedAt });
        for (const { role, connection, dataSha256, evaluation } of evaluations) {
          const { model, examples, passed, errors, score, predictions } = evaluation;
          const figures = { model, examples, passed, errors, score, predictions };
          const whose = { key: `${key}-${role}`, runKey: key, connection, target: role, dataSha256 };
          await kept.recordEvaluation({ ...whose, ...figures, at: endedAt });
        }
        if (run.job) await kept.recordJob({ runKey: key, connection: config.connection, job: run.job, asOf: endedAt });
      });
    },
  };
}
