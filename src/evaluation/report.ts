import type { ArtifactRef } from '../contract/artifact.ts';
import type { RunConfig } from '../contract/config.ts';
import type { Comparison } from '../contract/evaluation.ts';
import type {
  Cost,
  DataSummary,
  JobSummary,
  ParentRun,
  Registered,
  StageTiming,
  TrainingMetrics,
} from '../contract/run.ts';
import type { Confusion, Rival, SlicedBy, Verdict } from '../contract/verdict.ts';
import type { Regression } from './compare.ts';
import { curveSection } from './curve.ts';
import { cell, jsonBlock } from './markdown.ts';
import {
  costSection,
  dataSection,
  labelSection,
  regressionSection,
  runSection,
  scoreSection,
  timingSection,
} from './sections.ts';
import { verdict } from './verdict.ts';

/** One model of a job, asked the validation examples. */
export interface CheckpointScore {
  model: string;
  step: number;
  validLoss?: number;
  passed?: number;
  examples?: number;
}

/** Everything worth keeping of a run that succeeded: stored as JSON, shown to people as Markdown. */
export interface RunReport {
  run: { name: string; runId: string; attempt: number; parent?: ParentRun };
  /** ISO times. */
  startedAt: string;
  endedAt: string;
  connection: string;
  platform: string;
  /** True when the platform is a simulation and nobody was billed. */
  simulated: boolean;
  baseModel: string;
  /** The tuned model. */
  model: string;
  job: JobSummary;
  config: RunConfig;
  data: DataSummary;
  /** The files the run worked with, after the split. */
  sources: { train: ArtifactRef; validation?: ArtifactRef; test: ArtifactRef };
  cost: Cost;
  comparison: Comparison;
  rivals: Rival[];
  verdict: Verdict;
  slices: SlicedBy[];
  confusions: Confusion[];
  regressions: Regression[];
  /** Where the run names a registered model: its version, and the champion that it was compared with. */
  registered?: Registered & { champion?: { version: number; model: string } };
  /** Where training had overfitted: which of its models is the result, and why. */
  checkpoint?: { chosen: string; why: string; candidates: CheckpointScore[] };
  training: {
    /** In order of steps. */
    curve: TrainingMetrics[];
    checkpoints?: { model: string; step: number; metrics: TrainingMetrics }[];
  };
  timings: StageTiming[];
}

/** The report for people, as GitHub Flavored Markdown. Nothing that comes from data or a platform is taken for markup. */
export function renderMarkdown(report: RunReport): string {
  const sections = [
    `# Run ${cell(report.run.name)}\n\n${verdict(report.comparison)}`,
    scoreSection(report),
    costSection(report),
    curveSection(report),
    dataSection(report),
    labelSection(report),
    regressionSection(report),
    timingSection(report),
    runSection(report),
    `## Configuration\n\nStart a run with this to repeat it.\n\n${jsonBlock(report.config)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}
