import type { Method } from '../../contract/config.ts';
import type { RemoteFile } from './files.ts';
import type { RemoteJob } from './jobs.ts';

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

/** What an account holds. */
export interface AccountMethods {
  /** Absent where the platform cannot list what others than this software have made. */
  readonly account?: AccountListings | undefined;
  /** Everything whose key or name starts so; all pages are read. */
  listHoldings(keyPrefix: string, signal?: AbortSignal): Promise<Holdings>;
}
