import type { Generated } from 'kysely';

/** JSON as text and times as ISO text, in both dialects: rows are read by one code. */
type Json = string;
type Time = string;

interface RunRow {
  key: string;
  name: string;
  status: string;
  connection: string;
  base_model: string;
  started_at: Time;
  ended_at: Time | null;
  config: Json;
  progress: Json;
  as_of: Time;
}

interface JobRow {
  connection: string;
  id: string;
  run_key: string;
  job: Json;
  as_of: Time;
}

interface EvaluationRow {
  key: string;
  run_key: string | null;
  connection: string;
  model: string;
  target: string;
  data_sha256: string;
  examples: number;
  passed: number;
  errors: number;
  score: Json;
  cost_usd: number | null;
  predictions: Json | null;
  at: Time;
}

export interface ModelRow {
  name: string;
  description: string | null;
  owner: string | null;
  tags: Json;
  created_at: Time;
  revision: number;
  versions: number;
  /** A rule as JSON. */
  serve: Json | null;
}

export interface VersionRow {
  model: string;
  version: number;
  run_key: string;
  connection: string;
  platform: string;
  model_id: string;
  base_model: string;
  shutdown_date: string | null;
  description: string | null;
  tags: Json;
  lineage: Json;
  created_at: Time;
  created_by: string;
  promoted_at: Time | null;
  promoted_by: string | null;
  promoted_reason: string | null;
  /** The champion in whose place it was promoted. */
  replaced: number | null;
  retired_at: Time | null;
  retired_by: string | null;
  retired_reason: string | null;
}

interface AliasRow {
  model: string;
  alias: string;
  version: number;
  since: Time;
}

export interface CanaryRow {
  id: Generated<number>;
  model: string;
  version: number;
  champion: number;
  share: number;
  since: Time;
  started_by: string;
  champion_passed: number;
  champion_failed: number;
  candidate_passed: number;
  candidate_failed: number;
  ended_at: Time | null;
}

interface FeedbackRow {
  canary: number;
  id: string;
  version: number;
  passed: number;
  at: Time;
}

export interface AuditRow {
  id: Generated<number>;
  model: string;
  at: Time;
  actor: string;
  action: string;
  version: number | null;
  before: string | null;
  after: string | null;
  reason: string | null;
  request_id: string | null;
}

interface RequestRow {
  model: string;
  id: string;
  asked: string;
  answer: Json;
  at: Time;
}

export interface FileRow {
  id: string;
  created_at: string;
  created_by: string | null;
  filename: string;
  purpose: string;
  /** A reference as JSON. */
  content: string;
}

interface PartRow {
  id: string;
  upload: string;
  /** A reference as JSON. */
  content: string;
}

interface AnswerRow {
  key: string;
  answered_at: Time;
  answer: Json;
}

export interface DeploymentRow {
  id: string;
  connection: string;
  name: string;
  model: string;
  version: number;
  model_id: string;
  created_by: string;
  hourly_usd: number | null;
  created_at: Time;
  /** When it first answered. */
  ready_at: Time | null;
  /** When it was last seen in service. */
  served_at: Time | null;
  /** Set before it is removed: from then on it is not to go into service. */
  leaving_at: Time | null;
  ended_at: Time | null;
  reason: string | null;
}

export interface Tables {
  runs: RunRow;
  jobs: JobRow;
  evaluations: EvaluationRow;
  models: ModelRow;
  versions: VersionRow;
  aliases: AliasRow;
  canaries: CanaryRow;
  feedback: FeedbackRow;
  audit: AuditRow;
  requests: RequestRow;
  files: FileRow;
  parts: PartRow;
  answers: AnswerRow;
  deployments: DeploymentRow;
}
