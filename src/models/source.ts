import type { TunewrightError } from '../contract/errors.ts';
import type {
  ChampionChange,
  Feedback,
  FeedbackAnswer,
  ModelVersion,
  PromoteRequest,
  RegisteredModel,
  RollbackRequest,
  Serving,
} from '../contract/registry.ts';

/** What is heard of a model while it is followed: what it resolves to, that it resolves to nothing, or no change. */
export type News = { serving: Serving } | { none: TunewrightError } | 'still';

/** A model with its versions, newest first. */
export interface ModelWithVersions extends RegisteredModel {
  list: ModelVersion[];
}

/** Where models are looked up and changed: a gateway, or the records themselves. */
export interface Source {
  /** Throws `model_unknown`, `no_champion`, `records_unavailable`. */
  serving(name: string): Promise<Serving>;
  /** What is so first, and then each change, until the signal is aborted. Ends or throws when the source is lost. */
  follow(name: string, signal: AbortSignal): AsyncIterable<News>;
  list(): Promise<RegisteredModel[]>;
  get(name: string): Promise<ModelWithVersions>;
  promote(request: PromoteRequest): Promise<ChampionChange>;
  rollback(request: RollbackRequest): Promise<ChampionChange>;
  feedback(feedback: Feedback): Promise<FeedbackAnswer>;
  close(): Promise<void>;
}
