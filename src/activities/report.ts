import type { ArtifactRef } from '../contract/artifact.ts';
import type { RunConfig } from '../contract/config.ts';
import type { Comparison, ModelEvaluation } from '../contract/evaluation.ts';
import type { JobSummary, RunProgress } from '../contract/run.ts';
import { compare, decodePredictions, type RunReport } from '../evaluation/index.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import type { SplitData } from './split.ts';

export interface ReportInput {
  run: RunProgress;
  job: JobSummary;
  config: RunConfig;
  parts: SplitData;
  base: ModelEvaluation;
  tuned: ModelEvaluation;
}

export interface WrittenReport {
  report: ArtifactRef;
  comparison: Comparison;
}

export function reportActivities({ platforms, store }: Dependencies) {
  async function write(input: ReportInput): Promise<WrittenReport> {
    const { run, job, config, parts, base, tuned } = input;
    const platform = platforms.get(run.connection);
    const graded = (evaluation: ModelEvaluation) => ({
      evaluation,
      predictions: decodePredictions(store.read(evaluation.predictions)),
    });
    const { comparison, labels, regressions } = await compare(graded(base), graded(tuned), config.seed);
    const { train, validation, test, summary: data } = parts;
    const report: RunReport = {
      run: { name: run.name, runId: run.runId, attempt: run.attempt, ...(run.parent ? { parent: run.parent } : {}) },
      startedAt: run.startedAt,
      endedAt: new Date().toISOString(),
      connection: run.connection,
      platform: platform.name,
      simulated: platform.simulated,
      baseModel: base.model,
      model: tuned.model,
      job,
      config,
      data,
      sources: { train, test, ...(validation ? { validation } : {}) },
      cost: run.cost,
      comparison,
      ...(labels ? { labels } : {}),
      regressions,
      training: {
        curve: await platform.trainingCurve(job.id),
        checkpoints: await platform.listCheckpoints(job.id),
      },
      timings: run.timings,
    };
    return { report: await store.put(JSON.stringify(report, null, 2)), comparison };
  }

  return {
    /** Compares the two models on the same examples and keeps the report: JSON of a `RunReport`. */
    async writeReport(input: ReportInput): Promise<WrittenReport> {
      return await beating(
        () => ({}),
        async () => await write(input),
      );
    },
  };
}
