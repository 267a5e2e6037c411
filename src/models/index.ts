export { type ErrorCode, type Retry, TunewrightError } from '../contract/errors.ts';
export type {
  Alias,
  Canary,
  ChampionChange,
  EvaluationSummary,
  Feedback,
  FeedbackAnswer,
  Lineage,
  ModelVersion,
  PromoteRequest,
  RegisteredModel,
  Resolution,
  RollbackRequest,
  ServedVersion,
  Serving,
  Tally,
} from '../contract/registry.ts';
export type { ChangeListener } from './cache.ts';
export { createModels, type GatewayModels, type Models, type ModelsOptions, type RecordsModels } from './models.ts';
export { type WithModelsOptions, withModels } from './openai.ts';
export type { ModelWithVersions } from './source.ts';
