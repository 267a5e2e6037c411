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

/** Storing files. */
export interface FileMethods {
  /** Every file whose name starts so; all pages are read. */
  findFiles(namePrefix: string, signal?: AbortSignal): Promise<RemoteFile[]>;
  uploadFile(file: FileToUpload, options: UploadOptions): Promise<RemoteFile>;
  /** Whether the platform is done with its own checks of the file; throws `refused` when it rejected it. */
  isFileReady(id: string, signal?: AbortSignal): Promise<boolean>;
  deleteFile(id: string, signal?: AbortSignal): Promise<void>;
  /** What a file holds; absent where files cannot be read back. */
  readFile?(id: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}
