import type { FileFault } from './faults/rules.ts';
import { newId } from './ids.ts';
import type { Services } from './services.ts';
import type { StoredRecord } from './store.ts';

/** A file as kept in the store; its bytes are the blob of the same id. */
export interface FileRecord extends StoredRecord {
  bytes: number;
  filename: string;
  purpose: string;
  /** Time (ms) from which the file is processed; null when it never will be. */
  processedMs: number | null;
  /** Why the file could not be processed; null for a good file. */
  failure: string | null;
  /** Time (ms) at which the file goes away; null for never. */
  expiresMs: number | null;
}

/** Purposes a client may upload for. */
export const UPLOAD_PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];

/** How a new file is described. */
interface NewFile {
  id?: string;
  bytes: number;
  filename: string;
  purpose: string;
  expiresAfterSeconds?: number | undefined;
  fault?: FileFault | undefined;
}

/** Records a file whose blob is already on disk. Call within a transaction of what belongs to it. */
export function addFile(services: Services, file: NewFile): FileRecord {
  const now = services.clock.now();
  const produced = file.purpose === 'fine-tune-results' || file.purpose === 'batch_output';
  const delay = produced ? 0 : services.settings.current.fileProcessingMs;
  const record: FileRecord = {
    id: file.id ?? newId('file-'),
    createdMs: now,
    bytes: file.bytes,
    filename: file.filename,
    purpose: file.purpose,
    processedMs: file.fault?.status === 'stuck' ? null : now + delay,
    failure: file.fault?.status === 'error' ? (file.fault.details ?? 'The file could not be processed.') : null,
    expiresMs: file.expiresAfterSeconds === undefined ? null : now + file.expiresAfterSeconds * 1000,
  };
  services.store.put('file', record);
  if (!produced) services.ledger.add({ kind: 'file', id: record.id });
  return record;
}

/** The file of this id unless it was deleted or has expired. */
export function findFile(services: Services, id: string): FileRecord | undefined {
  const file = services.store.get<FileRecord>('file', id);
  return file && (file.expiresMs === null || file.expiresMs > services.clock.now()) ? file : undefined;
}

/** The file's status now; it follows from the clock, so a restart changes nothing. */
export function fileStatus(file: FileRecord, nowMs: number): 'uploaded' | 'processed' | 'error' {
  if (file.processedMs === null || nowMs < file.processedMs) return 'uploaded';
  return file.failure === null ? 'processed' : 'error';
}

/** The file object of the API. */
export function viewFile(file: FileRecord, nowMs: number) {
  const status = fileStatus(file, nowMs);
  return {
    object: 'file',
    id: file.id,
    purpose: file.purpose,
    filename: file.filename,
    bytes: file.bytes,
    created_at: Math.floor(file.createdMs / 1000),
    ...(file.expiresMs !== null && { expires_at: Math.floor(file.expiresMs / 1000) }),
    status,
    ...(status === 'error' && { status_details: file.failure }),
  };
}
