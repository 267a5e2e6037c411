export {
  type Account,
  type AdoptionHandle,
  type ClientOptions,
  createClient,
  type EvaluationHandle,
  type Found,
  type ListOptions,
  type MigrationHandle,
  type MigrationState,
  type RunHandle,
  type ScheduleSpec,
  type ScheduleSummary,
  type Schedules,
  type StartedMigration,
  type TunewrightClient,
} from './client.ts';
export type { AdoptedModel, AdoptionProgress, AdoptionRequest, AdoptionResult } from './contract/adoption.ts';
export type { ArtifactRef } from './contract/artifact.ts';
export { type EvaluateRequestInput, parseRunConfig, type RunConfig, type RunConfigInput } from './contract/config.ts';
export { type ErrorCode, type Retry, TunewrightError } from './contract/errors.ts';
export type { EvaluateResult } from './contract/evaluate.ts';
export type { Comparison, Estimate, ModelEvaluation } from './contract/evaluation.ts';
export type { EscapeKit } from './contract/kit.ts';
export type { MigrationPlan, MigrationProgress, MigrationRequest, MigrationResult } from './contract/migration.ts';
export type { RetrainInput } from './contract/retrain.ts';
export type {
  Choice,
  Cost,
  DataSummary,
  JobSummary,
  ParentRun,
  Question,
  RunProgress,
  RunResult,
  RunStatus,
  Stage,
  StageProgress,
  StageTiming,
  TrainingMetrics,
} from './contract/run.ts';
