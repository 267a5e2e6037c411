import type { ArtifactRef } from './artifact.ts';
import type { Method, RunConfig } from './config.ts';
import type { Distilled } from './distillation.ts';
import type { Estimate } from './evaluation.ts';
import type { ServeRule } from './hosting.ts';
import type { Cost, JobSummary, ParentRun, RunProgress, RunStatus } from './run.ts';
import type { Verdict } from './verdict.ts';

/** Names of models are made as those of runs are. */
export const modelNamePattern = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** `champion` is what a service is given; `candidate` the newest version that has not been promoted. */
export type Alias = 'champion' | 'candidate';

/** One attempt of a run, as it is kept when Temporal has forgotten it. */
export interface RunRecord {
  /** What `runKey` makes: one an attempt, the same after a reset. */
  key: string;
  config: RunConfig;
  progress: RunProgress;
  /** ISO times; `endedAt` is absent while it runs. */
  endedAt?: string;
  /** When this was so: what is older than the record changes nothing. */
  asOf: string;
}

/** A job at a platform. */
export interface JobRecord {
  runKey: string;
  connection: string;
  job: JobSummary;
  /** ISO time; what is older than the record changes nothing. */
  asOf: string;
}

/** One target's answers on held-out examples, graded. */
export interface EvaluationRecord {
  /** Unique: the run's key and the target, say. */
  key: string;
  runKey?: string;
  connection: string;
  /** The platform's id of the model asked. */
  model: string;
  /** What it stood for: `base`, `tuned`, `champion`, … */
  target: string;
  /** Hex SHA-256 of the held-out examples. */
  dataSha256: string;
  examples: number;
  passed: number;
  /** Examples that got no answer; they count as not passed. */
  errors: number;
  score: Estimate;
  costUsd?: number;
  predictions?: ArtifactRef;
  /** ISO time. */
  at: string;
}

export interface RunQuery {
  status?: RunStatus;
  connection?: string;
  baseModel?: string;
  /** The run's name, whole. */
  name?: string;
  /** ISO times between which it was started, the second one left out. */
  since?: string | undefined;
  until?: string | undefined;
  /** At most so many, 1 to 1000; 100 when absent. */
  limit?: number;
  /** `next` of the page before. */
  after?: string | undefined;
}

export interface RunPage {
  /** Newest first. */
  runs: RunRecord[];
  /** Asks for the page behind; absent on the last one. */
  next?: string;
}

/** How a version fared, in figures that a person decides by. */
export interface EvaluationSummary {
  /** Held-out examples asked. */
  examples: number;
  score: Estimate;
  /** What it was compared with on the same examples; a difference above 0 is in favour of the version. */
  against: { target: string; model: string; score: Estimate; difference: Estimate; pValue: number }[];
  /** What the gate of its run said of it; runs of earlier releases did not tell. */
  gate?: Pick<Verdict, 'decision' | 'says'>;
}

/** Where a version comes from: a run, or an account in which others had made it. */
export type Lineage = RunLineage | AdoptedLineage;

export interface RunLineage {
  adopted?: never;
  /** The run's name. */
  run: string;
  parentRun?: ParentRun;
  /** The version of the same model that it was made to follow. */
  parentVersion?: number;
  /** Hex SHA-256 of what it learnt and was tested on. */
  data: { train: string; validation?: string; test?: string };
  /** Where its training data were answered by another model. */
  distilled?: Distilled;
  config: RunConfig;
  cost: Cost;
  evaluation?: EvaluationSummary;
  report?: ArtifactRef;
  approvedBy?: string;
}

/** Of a model that was found at its platform and that no run of this software has registered. */
export interface AdoptedLineage {
  adopted: true;
  /** Everything that could be had of it: an `EscapeKit` as JSON. */
  kit: ArtifactRef;
  method: Method;
  /** Fine-tunes of one account that share it are versions of one model. */
  chain: AdoptedChain;
  /** The platform's id of the job that made it. */
  job?: string;
  /** The tuned model that it was trained further from. */
  parentModel?: string;
  /** Tokens of the longest training example, where there are examples to count. */
  longestTokens?: number;
}

/** What successive fine-tunes of one thing have in common. */
export interface AdoptedChain {
  connection: string;
  /** The base model without its date. */
  family: string;
  /** Given by whoever made them. */
  suffix?: string;
  /** Of a model without a suffix: it is a chain of its own. */
  modelId?: string;
}

/** What is registered: a tuned model that a platform holds. */
export interface NewVersion {
  model: string;
  /** Registering the same model and key again answers with the version that is there. */
  runKey: string;
  /** Who registers it: a person, or what acts for one. */
  by: string;
  connection: string;
  platform: string;
  /** The platform's id of the tuned model. */
  modelId: string;
  baseModel: string;
  /** YYYY-MM-DD from which the platform no longer serves it. */
  shutdownDate?: string;
  description?: string;
  tags?: Record<string, string>;
  lineage: Lineage;
}

export interface ModelVersion extends Omit<NewVersion, 'by' | 'tags'> {
  /** From 1, without gaps. */
  version: number;
  createdAt: string;
  createdBy: string;
  tags: Record<string, string>;
  aliases: Alias[];
  /** Under which it stands and answers, where its platform serves models so. */
  deployment?: string;
  /** When it last became champion, and through whom. */
  promoted?: { at: string; by: string; reason?: string };
  retired?: { at: string; by: string; reason: string };
}

/** A registered model: a name that services ask for, and what it stands for now. */
export interface RegisteredModel {
  name: string;
  description?: string;
  owner?: string;
  tags: Record<string, string>;
  createdAt: string;
  /** Grows by one whenever what the name resolves to changes. */
  revision: number;
  versions: number;
  champion?: number;
  candidate?: number;
  canary?: Canary;
  /** How its deployments are kept; absent where it has none. */
  serve?: ServeRule;
}

/** A share of the calls that goes to a candidate, and how both did there. */
export interface Canary {
  version: number;
  /** The version that the other calls go to. */
  champion: number;
  /** In (0, 1]. */
  share: number;
  since: string;
  by: string;
  feedback: { champion: Tally; candidate: Tally };
}

export interface Tally {
  passed: number;
  failed: number;
}

interface Act {
  model: string;
  /** Who does it. */
  by: string;
  /** Names the request: the same one again changes nothing and is answered as the first time. */
  requestId: string;
}

export interface PromoteRequest extends Act {
  version: number;
  reason?: string;
  /** Refused with `conflict` when another version is champion by then; null: none may be. */
  expectedChampion?: number | null;
}

export interface RollbackRequest extends Act {
  /** The version that the champion replaced, when absent. */
  version?: number;
  reason: string;
}

export interface RetireRequest extends Act {
  version: number;
  reason: string;
  /** Retires even the champion: the name then resolves to nothing. */
  evenChampion?: boolean;
}

export interface CanaryRequest extends Act {
  version: number;
  /** In (0, 1]. */
  share: number;
}

export interface CanaryEndRequest extends Act {
  reason: string;
}

/** How one answer was graded. */
export interface Feedback {
  model: string;
  /** The version that gave it, or the key by which the call was resolved. */
  version?: number;
  key?: string;
  passed: boolean;
  /** The same id again is not counted again. */
  id?: string;
}

export interface FeedbackAnswer {
  /** False without a canary, for a version that has no part in it, and for a repeated id. */
  counted: boolean;
  /** Absent without one, and when the feedback has ended it. */
  canary?: Canary;
  /** Why the feedback has ended it. */
  ended?: string;
}

/** Fields that are absent stay as they are; a tag with the value null goes. */
export interface ModelChanges {
  model: string;
  by: string;
  /** Tags and description of this version; of the model itself when absent. */
  version?: number;
  owner?: string;
  description?: string;
  tags?: Record<string, string | null>;
}

/** What an act of promotion, rollback or retirement has come to. */
export interface ChampionChange {
  model: string;
  /** Absent when none is left. */
  champion?: number;
  previous?: number;
  /** False when it was so already. */
  changed: boolean;
  at: string;
}

/** Tells whether a platform still serves a version: the reason why not, or undefined. */
export type AliveCheck = (version: ModelVersion) => Promise<string | undefined>;

export type AuditAction =
  | 'register'
  | 'promote'
  | 'rollback'
  | 'retire'
  | 'canary-start'
  | 'canary-end'
  | 'update'
  | 'serve';

/** One line of the audit, which is only ever added to. */
export interface AuditEntry {
  id: number;
  at: string;
  by: string;
  action: AuditAction;
  version?: number;
  from?: string;
  to?: string;
  reason?: string;
  requestId?: string;
}

/** A version as calls are sent to it. */
export interface ServedVersion {
  version: number;
  connection: string;
  platform: string;
  /** The platform's id of the model: what a call names, unless there is a deployment. */
  modelId: string;
  baseModel: string;
  /** ISO time since which calls go there. */
  since: string;
  shutdownDate?: string;
  /** What a call names in place of the model's id, where the version stands under a deployment of its own. */
  deployment?: string;
}

/** All that decides where a call goes. */
export interface Serving {
  name: string;
  revision: number;
  champion: ServedVersion;
  canary?: { candidate: ServedVersion; share: number };
}

/** Where one call goes. */
export interface Resolution extends ServedVersion {
  name: string;
  revision: number;
  alias: Alias;
}
