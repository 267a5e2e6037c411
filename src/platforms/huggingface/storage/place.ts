import type { FileToUpload } from '../../platform.ts';

/** What lies directly in a folder: a file, or another folder, of no bytes. */
export interface Entry {
  name: string;
  bytes: number;
  /** Milliseconds; 0 where the place does not tell. */
  createdAt: number;
}

/** Where the storage lies: a folder that workers and trainers mount, or a bucket. Paths have slashes, and start below it. */
export interface Place {
  check(): Promise<void>;
  /** @param prefix of their names */
  entries(folder: string, prefix?: string): Promise<Entry[]>;
  /** A file, or a folder with something in it. */
  has(path: string): Promise<boolean>;
  put(path: string, file: FileToUpload, signal?: AbortSignal): Promise<void>;
  /** Undefined for what is not there. */
  text(path: string): Promise<string | undefined>;
  /** Throws `not_found`. */
  read(path: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** A file, or a folder with all that is in it; also what is gone already. */
  remove(path: string): Promise<void>;
  /** For a person who removes folders, of which some may not be there. */
  removeCommand(folders: readonly string[]): string;
}
