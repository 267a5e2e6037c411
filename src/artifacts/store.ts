import type { ArtifactRef } from '../contract/artifact.ts';

/** Where everything too big for a workflow is kept, named by its content. A folder, or anything that can hold objects. */
export interface ArtifactStore {
  /** Keeps content; equal content is kept once. Throws `disk_full`. */
  put(content: AsyncIterable<Uint8Array> | Uint8Array | string): Promise<ArtifactRef>;
  /** Keeps a copy of a plain file; nothing when aborted. Throws `source_missing`, `source_unreadable`, `disk_full`. */
  putFile(path: string, signal?: AbortSignal): Promise<ArtifactRef>;
  /** Streams content. Before any of it, throws `artifact_missing`, and `artifact_altered` when the bytes do not match the name. */
  read(ref: ArtifactRef): AsyncIterable<Uint8Array>;
  /** Small content as text. */
  readText(ref: ArtifactRef): Promise<string>;
  /** A local file with the content, verified. */
  path(ref: ArtifactRef): Promise<string>;
  /** Keeps content that is produced piece by piece. */
  writer(): Promise<ArtifactWriter>;
}

export interface ArtifactWriter {
  write(chunk: string | Uint8Array): Promise<void>;
  /** Ends the content and keeps it. */
  close(): Promise<ArtifactRef>;
  /** Keeps nothing. */
  abort(): Promise<void>;
}
