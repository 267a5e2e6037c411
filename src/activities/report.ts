import type { ArtifactRef } from '../contract/artifact.ts';
import type { RunConfig } from '../contract/config.ts';
import type { Distilled } from '../contract/distillation.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import type { JobSummary, RunProgress } from '../contract/run.ts';
import type { RivalRole, Verdict } from '../contract/verdict.ts';
import type { ComparedModels, RunReport } from '../evaluation/index.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import type { SplitData } from './split.ts';

export interface ReportInput {
  run: RunProgress;
  job: JobSummary;
  config: RunConfig;
  /** Where its training data were answered by another model. */
  distilled?: Distilled;
  parts: SplitData;
  /** The platform's id of the model that is the result. */
  model: string;
  tuned: ModelEvaluation;
  /** The base model first. */
  rivals: { role: RivalRole; evaluation: ModelEvaluation }[];
  /** JSON of a `ComparedModels`. */
  details: ArtifactRef;
  verdict: Verdict;
  checkpoint?: RunReport['checkpoint'];
  champion?: { version: number; model: string };
}

export function reportActivities({ platforms, store }: Dependencies) {
  async function write(input: ReportInput): Promise<ArtifactRef> {
    const { run, job, config, distilled, parts, model, verdict, checkpoint, champion } = input;
    const platform = platforms.get(run.connection);
    const compared = JSON.parse(await store.readText(input.details)) as ComparedModels;
    const { train, validation, test, summary: data } = parts;
    const registered = run.registered && { ...run.registered, ...(champion ? { champion } : {}) };
    const report: RunReport = {
      run: { name: run.name, runId: run.runId, attempt: run.attempt, ...(run.parent ? { parent: run.parent } : {}) },
      startedAt: run.startedAt,
      endedAt: new Date().toISOString(),
      connection: run.connection,
      platform: platform.name,
      simulated: platform.simulated,
      baseModel: config.model,
      model,
      job,
      ...(run.earlyStop ? { earlyStop: run.earlyStop } : {}),
      config,
      data,
      ...(distilled ? { distilled } : {}),
      sources: { train, test, ...(validation ? { validation } : {}) },
      cost: run.cost,
      ...compared,
      verdict,
      ...(registered ? { registered } : {}),
      ...(run.tries ? { tries: run.tries } : {}),
      ...(checkpoint ? { checkpoint } : {}),
      training: {
        curve: await platform.trainingCurve(job.id),
        checkpoints: await platform.listCheckpoints(job.id),
      },
      timings: run.timings,
    };
    return await store.put(JSON.stringify(report, null, 2));
  }

  return {
    /** Keeps all that is worth keeping of a run: JSON of a `RunReport`. */
    async writeReport(input: ReportInput): Promise<ArtifactRef> {
      return await beating(
        () => ({}),
        async () => await write(input),
      );
    },
  };
}
