import type { ChatAnswer, ChatRequest } from './chat.ts';
import type { FileToUpload, RemoteFile, UploadOptions } from './files.ts';

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
