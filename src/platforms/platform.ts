import type { ModelEntry, MostExamples, PlatformEntry } from './catalogue.ts';
import type { AccountMethods } from './interface/account.ts';
import type { Batches } from './interface/batches.ts';
import type { Capabilities } from './interface/capabilities.ts';
import type { ChatMethods } from './interface/chat.ts';
import type { Deployments } from './interface/deployments.ts';
import type { FileMethods } from './interface/files.ts';
import type { JobMethods, Reinforcement } from './interface/jobs.ts';
import type { ModelMethods } from './interface/models.ts';

export type * from './interface/account.ts';
export type * from './interface/batches.ts';
export type * from './interface/capabilities.ts';
export type * from './interface/chat.ts';
export type * from './interface/deployments.ts';
export type * from './interface/files.ts';
export type * from './interface/jobs.ts';
export type * from './interface/models.ts';

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
export interface TrainingPlatform extends ModelMethods, AccountMethods, FileMethods, JobMethods, ChatMethods {
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

  /** Absent where models answer by their own id. */
  readonly deployments?: Deployments | undefined;

  /** Absent where questions are asked one by one alone. */
  readonly batches?: Batches | undefined;

  /**
   * Checks the signature over the raw body. Throws `missing_key`, `wrong_key`, and `bad_answer` for a signed body that is
   * no event; answers undefined for events about other things than jobs.
   */
  verifyWebhook(rawBody: string, headers: Readonly<Record<string, string>>): Promise<WebhookEvent | undefined>;
}
