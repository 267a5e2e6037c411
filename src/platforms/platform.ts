import type { Method } from '../contract/config.ts';
import type { GraderConfig } from '../contract/graders.ts';
import type { RateLimits } from '../contract/rate-limits.ts';
import type { TrainingMetrics } from '../contract/run.ts';
import type { ToolCall } from '../contract/tool-call.ts';
import type { ModelEntry, MostExamples, PlatformEntry } from './catalogue.ts';

/** What a platform can do: declared, so that the workflow adapts to it and never asks which platform it is. */
export interface Capabilities {
  /** What its adapter trains by; which of these a model takes says the catalogue. */
  methods: readonly Method[];
  /** A running job can be paused and resumed; while it is paused its checkpoints answer, and nothing of it costs more. */
  pause: boolean;
  /** Milliseconds by which a listing may lag behind a creation: how long a lost create is looked for before it is repeated. */
  listLagMs: number;
  /** Milliseconds for which a name that was just created may answer "not found". */
  modelReadyMs: number;
  /** A job's key is its name, of which there is no second: what was lost of a create need not be looked for, it is made again and found. */
  uniqueKeys: boolean;
  /** Events about jobs are pushed, for `verifyWebhook`. */
  webhooks: boolean;
}

/** A file at the platform. */
export interface RemoteFile {
  id: string;
  name: string;
  bytes: number;
}

/** A local file to be uploaded under a name that only this run uses. */
export interface FileToUpload {
  path: string;
  /** The name under which it is looked up: it carries the run's key and the content's hash. */
  name: string;
  bytes: number;
}

/** How far a multipart upload has come; handed back to `uploadFile`, it goes on from there. */
export interface UploadState {
  uploadId: string;
  partIds: (string | null)[];
}

export interface UploadOptions {
  resume?: UploadState | undefined;
  onProgress?(bytesDone: number, state?: UploadState): void;
  signal?: AbortSignal | undefined;
}

export interface JobSpec {
  /** Makes the job findable: no two jobs ever carry the same. */
  key: string;
  /** The workflow id, for people who look at the platform's own page. */
  runName: string;
  model: string;
  trainingFileId: string;
  validationFileId?: string | undefined;
  method: Method;
  hyperparameters: {
    epochs: number | 'auto';
    batchSize: number | 'auto';
    learningRateMultiplier: number | 'auto';
    /** Of `dpo` alone; `auto` when absent. */
    beta?: number | 'auto' | undefined;
    /** Of `reinforcement` alone; `auto` when absent. */
    computeMultiplier?: number | 'auto' | undefined;
  };
  /** Of `reinforcement` alone. */
  reward?: Reward | undefined;
  seed: number;
  suffix?: string | undefined;
}

/** What a model that learns by reinforcement tries, and is rewarded by. */
export interface Reward {
  grader: GraderConfig;
  /** Longer answers are cut, as in the evaluation. */
  maxOutputTokens: number;
}

/** How models learn by reinforcement at a connection. */
export interface Reinforcement {
  /** Why nothing can be learnt from what this grader says, as a sentence; undefined where it can. */
  objection(grader: GraderConfig): string | undefined;
  /** Answers to each question, before the run's multiplier; absent where the platform does not tell. */
  answers?: number | undefined;
}

export interface JobQuery {
  key: string;
  trainingFileIds: readonly string[];
  /** Milliseconds since the epoch: no job of this run can be older. */
  since: number;
}

/** The states that matter to a run. A state this software does not know is `unknown` and never taken for an end. */
export type JobState = 'waiting' | 'running' | 'paused' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';

export interface RemoteJob {
  id: string;
  state: JobState;
  /** The platform's own word. */
  platformStatus: string;
  /** Null until the platform names it, which can be a while after `succeeded`. */
  model: string | null;
  trainedTokens?: number | undefined;
  /** What it has cost, US dollars, where the platform bills time and not tokens. */
  trainingUsd?: number | undefined;
  /** ISO time. */
  estimatedFinish?: string | undefined;
  /** Set only when the job really failed. */
  error?: { code: string; message: string; param?: string | undefined } | undefined;
  trainingFileId: string;
}

/** What a platform holds that carries a key of this software. */
export interface Holdings {
  files: HeldFile[];
  /** Those that carry the key in their metadata, or train on one of the files. */
  jobs: HeldJob[];
  /** Ids of all models that the account can use now, those of others among them. */
  models: ReadonlySet<string>;
}

export interface HeldFile extends RemoteFile {
  /** Milliseconds since the epoch, by the platform's clock. */
  createdAt: number;
}

export interface HeldJob extends RemoteJob {
  /** Milliseconds since the epoch, by the platform's clock. */
  createdAt: number;
  /** Absent where the platform keeps no metadata. */
  key?: string | undefined;
  runName?: string | undefined;
}

/** A model that an account has had tuned, by whatever means. */
export interface AccountModel {
  id: string;
  /** The base model that it goes back to, by the platform's id. */
  baseModel: string;
  /** What whoever made it has called it. */
  suffix?: string | undefined;
  /** Milliseconds since the epoch; absent where the platform does not say. */
  createdAt?: number | undefined;
  /** YYYY-MM-DD, when the platform has announced one. */
  shutdownDate?: string | undefined;
}

/** A job with all that it was made of. */
export interface AccountJob extends RemoteJob {
  /** Milliseconds since the epoch, by the platform's clock. */
  createdAt: number;
  /** What it started from: a base model, or one that was tuned before. */
  startedFrom: string;
  method: Method;
  /** By the names of a run's configuration; what it has no name for by the platform's. */
  hyperparameters: Record<string, number | 'auto'>;
  seed?: number | undefined;
  suffix?: string | undefined;
  validationFileId?: string | undefined;
  resultFileIds: string[];
}

/** Everything that an account holds, whoever has made it; every listing reads all pages and changes nothing. */
export interface AccountListings {
  /** Newest first. */
  jobs(signal?: AbortSignal): AsyncIterable<AccountJob>;
  /** Tuned models that can be used now; checkpoints are left out. */
  models(signal?: AbortSignal): Promise<AccountModel[]>;
  /** Training, validation and result files. */
  files(signal?: AbortSignal): AsyncIterable<RemoteFile>;
  /** What a tuned model's id says of it; undefined for an id that is not of a tuned model. */
  describe(modelId: string): Pick<AccountModel, 'baseModel' | 'suffix'> | undefined;
}

export interface JobEvent {
  id: string;
  /** ISO time. */
  at: string;
  level: 'info' | 'warn' | 'error';
  message: string;
  metrics?: TrainingMetrics | undefined;
}

export interface Checkpoint {
  model: string;
  step: number;
  metrics: TrainingMetrics;
}

export interface PlatformModel {
  id: string;
  /** YYYY-MM-DD, when the platform has announced one. */
  shutdownDate?: string | undefined;
  /** Whether it can be tuned; absent where the platform does not say. */
  tunable?: boolean | undefined;
}

export interface ChatRequest {
  model: string;
  /** The messages as they stand in the data set. */
  messages: readonly unknown[];
  tools?: readonly unknown[] | undefined;
  maxOutputTokens: number;
  seed: number;
  /** The answer is to be JSON of this schema. */
  responseFormat?: { name: string; schema: Readonly<Record<string, unknown>> } | undefined;
  /** Temperature 0 when absent; what is left out of it is left to the platform. */
  sampling?: { temperature?: number; topP?: number; reasoningEffort?: string } | undefined;
  signal?: AbortSignal | undefined;
}

export interface ChatAnswer {
  /** The text, else the refusal, else the calls as canonical JSON. */
  text: string;
  /** Absent when no tool was called. */
  toolCalls?: ToolCall[];
  refusal?: string;
  finishReason?: string;
  inputTokens: number;
  outputTokens: number;
  /** Of the model, after this question; absent where the platform does not tell. */
  limits?: RateLimits;
}

export interface EmbedRequest {
  model: string;
  texts: readonly string[];
  signal?: AbortSignal | undefined;
}

export interface Embeddings {
  /** One a text, in their order. */
  vectors: number[][];
  inputTokens: number;
  /** Of the model, after these texts; absent where the platform does not tell. */
  limits?: RateLimits;
}

/** A model that others ask. */
export interface Asked {
  model: string;
  /** Under which it was brought into service; undefined where it answers by its id, or by configuration. */
  deployment?: string | undefined;
}

/** Where a model answers to whoever speaks OpenAI's protocol and sends these headers. */
export interface Endpoint {
  url: string;
  /** The connection's credentials among them. */
  headers: Readonly<Record<string, string>>;
  /** The model's name there. */
  model: string;
}

/** A deployment that answers for a model. */
export interface HeldDeployment {
  name: string;
  model: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  createdAt: number;
}

/** How a deployment stands: `ready` once it has answered, `gone` when there is none of that name. */
export type DeploymentState = 'creating' | 'ready' | 'gone';

/** For platforms where a model answers only under a deployment, which costs money while it stands. */
export interface Deployments {
  /** Set where a job's checkpoints are deployed as models are, several at once: a run may then choose among them. */
  readonly checkpoints?: true;
  /** The deployment that answers for the model by configuration; such a one is never removed. */
  existing(model: string): string | undefined;
  /** The names of all that answer by configuration. */
  readonly configured: readonly string[];
  /** Creates it, or takes up the one of that name; throws `contradiction` when that one answers for another model. */
  create(deployment: { name: string; model: string }, signal?: AbortSignal): Promise<void>;
  /** Throws `refused` with the platform's reason when it failed. */
  state(name: string, signal?: AbortSignal): Promise<DeploymentState>;
  remove(name: string, signal?: AbortSignal): Promise<void>;
  /** Every deployment whose name starts so; all pages are read. */
  find(namePrefix: string, signal?: AbortSignal): Promise<HeldDeployment[]>;
  /** What one costs while it stands, US dollars an hour, where the catalogue knows it. */
  hourlyUsd(model: string): number | undefined;
}

/** `ended`: nothing of it can cost any more. A state that this software does not know is never taken for an end. */
export type BatchState = 'running' | 'stopping' | 'ended';

/** Questions that a platform answers together. */
export interface RemoteBatch {
  id: string;
  /** Makes it findable; absent where somebody else has made it. */
  key?: string | undefined;
  runName?: string | undefined;
  /** Milliseconds since the epoch, by the platform's clock. */
  createdAt: number;
  state: BatchState;
  /** The platform's own word. */
  platformStatus: string;
  /** Questions answered so far. */
  answered: number;
  /** Of the file of its questions, and of those that it has written. */
  fileIds: string[];
  /** Absent where nothing was answered, or not yet. */
  outputFileId?: string | undefined;
  /** Why it was not begun. */
  error?: { code: string; message: string } | undefined;
}

/** For platforms that answer questions handed in as a file, within a day and for a share of the price. */
export interface Batches {
  /** Of the price of the same questions asked one by one. */
  readonly priceShare: number;
  /** Of one batch. */
  readonly mostRequests: number;
  readonly mostBytes: number;
  /** The line of a question in the file, without its end; `id` comes back with the answer, and no two are the same. */
  line(id: string, question: ChatRequest): string;
  /** Every file of questions whose name starts so; all pages are read. */
  findFiles(namePrefix: string, signal?: AbortSignal): Promise<RemoteFile[]>;
  uploadFile(file: FileToUpload, options: UploadOptions): Promise<RemoteFile>;
  /** Every batch whose key starts so and that is not older than `since`, but for the clocks' slack; all pages are read. */
  find(query: { keyPrefix: string; since: number }, signal?: AbortSignal): Promise<RemoteBatch[]>;
  create(batch: { key: string; runName: string; fileId: string }, signal?: AbortSignal): Promise<RemoteBatch>;
  get(id: string, signal?: AbortSignal): Promise<RemoteBatch>;
  cancel(id: string, signal?: AbortSignal): Promise<RemoteBatch>;
  /** What one that has ended has answered; questions that got an error are left out, and all once its file is removed. */
  answers(batch: RemoteBatch, signal?: AbortSignal): AsyncIterable<{ id: string; answer: ChatAnswer }>;
}

/** An event that a platform pushed, after its signature was verified. */
export interface WebhookEvent {
  id: string;
  type: string;
  jobId: string;
}

/**
 * One account at one platform. Every method maps the platform's failures to a `TunewrightError`, makes one attempt
 * (Temporal retries), and treats "already so" as success: deleting what is gone, cancelling what has ended.
 */
export interface TrainingPlatform {
  /** The platform's name, for people and search attributes. */
  readonly name: string;
  /** True when it is a simulation and nobody is billed. */
  readonly simulated: boolean;
  readonly capabilities: Capabilities;
  /** How many jobs may wait and train at once; undefined where that is not limited. */
  readonly jobsAtOnce?: number | undefined;
  /** Training files with fewer examples are refused. */
  readonly minimumExamples: number;
  /** Files with more examples are refused, by method; where the catalogue knows of such limits. */
  readonly mostExamples?: MostExamples | undefined;
  /** Larger files are refused. */
  readonly uploadBytes: number;
  /** What of images is trained on, where the catalogue knows it. */
  readonly images?: PlatformEntry['limits']['images'];
  /** What one job costs at most, US dollars, where the platform bills time and not tokens. */
  readonly trainingUsdAtMost?: number | undefined;
  /** Absent where no model learns by reinforcement. */
  readonly reinforcement?: Reinforcement | undefined;
  /** What the catalogue knows of a model or of one tuned from it; undefined when it knows nothing. */
  catalogueEntry(model: string): ModelEntry | undefined;
  /** All models of the catalogue. */
  readonly catalogueModels: readonly ModelEntry[];

  /** Cheapest call that proves address and key. */
  checkAccess(signal?: AbortSignal): Promise<void>;
  /** The models the platform offers this account; undefined where it has no list of them. */
  listModels(signal?: AbortSignal): Promise<PlatformModel[] | undefined>;
  /** Throws `model_not_found`. */
  getModel(id: string, signal?: AbortSignal): Promise<PlatformModel>;
  deleteModel(id: string, signal?: AbortSignal): Promise<void>;
  /** The shell command with which a person deletes the model; it names the variable of the key, never the key. */
  deleteModelCommand(id: string): string;

  /** Absent where the platform cannot list what others than this software have made. */
  readonly account?: AccountListings | undefined;
  /** Everything whose key or name starts so; all pages are read. */
  listHoldings(keyPrefix: string, signal?: AbortSignal): Promise<Holdings>;

  /** Every file whose name starts so; all pages are read. */
  findFiles(namePrefix: string, signal?: AbortSignal): Promise<RemoteFile[]>;
  uploadFile(file: FileToUpload, options: UploadOptions): Promise<RemoteFile>;
  /** Whether the platform is done with its own checks of the file; throws `refused` when it rejected it. */
  isFileReady(id: string, signal?: AbortSignal): Promise<boolean>;
  deleteFile(id: string, signal?: AbortSignal): Promise<void>;
  /** What a file holds; absent where files cannot be read back. */
  readFile?(id: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;

  /** Every job that carries the key, or trains on one of the files and is not older than `since`, but for the clocks' slack; all pages are read. */
  findJobs(query: JobQuery, signal?: AbortSignal): Promise<RemoteJob[]>;
  createJob(spec: JobSpec, signal?: AbortSignal): Promise<RemoteJob>;
  getJob(id: string, signal?: AbortSignal): Promise<RemoteJob>;
  cancelJob(id: string, signal?: AbortSignal): Promise<RemoteJob>;
  pauseJob(id: string, signal?: AbortSignal): Promise<RemoteJob>;
  resumeJob(id: string, signal?: AbortSignal): Promise<RemoteJob>;
  /** The newest events first, back to the one named (exclusive). */
  newEvents(jobId: string, lastSeenId: string | undefined, signal?: AbortSignal): Promise<JobEvent[]>;
  listCheckpoints(jobId: string, signal?: AbortSignal): Promise<Checkpoint[]>;
  /** The whole training curve, in order of steps; empty when the platform keeps none. */
  trainingCurve(jobId: string, signal?: AbortSignal): Promise<TrainingMetrics[]>;
  /** The job on the platform's own page, where it has one. */
  jobUrl(jobId: string): string | undefined;

  /** Absent where models answer by their own id. */
  readonly deployments?: Deployments | undefined;

  /** Absent where questions are asked one by one alone. */
  readonly batches?: Batches | undefined;

  /** `model` is the name of its deployment where models are deployed. */
  chat(request: ChatRequest): Promise<ChatAnswer>;
  /**
   * Where others' requests for the model go as they are; `path` is the protocol's, such as `/chat/completions`. Absent
   * where models are not asked so. Throws `model_not_found` when nothing answers for it.
   */
  endpoint?(asked: Asked, path: string, signal?: AbortSignal): Promise<Endpoint>;
  /** Texts as vectors; absent where the platform has no such models. */
  embed?(request: EmbedRequest): Promise<Embeddings>;

  /**
   * Checks the signature over the raw body. Throws `missing_key`, `wrong_key`, and `bad_answer` for a signed body that is
   * no event; answers undefined for events about other things than jobs.
   */
  verifyWebhook(rawBody: string, headers: Readonly<Record<string, string>>): Promise<WebhookEvent | undefined>;
}
