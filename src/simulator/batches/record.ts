import type { BatchFault } from '../faults/rules.ts';
import type { StoredRecord } from '../store.ts';

/** A batch as kept in the store. Times in ms. */
export interface BatchRecord extends StoredRecord {
  endpoint: string;
  inputFile: string;
  completionWindow: string;
  metadata: Record<string, string> | null;
  status: 'validating' | 'failed' | 'in_progress' | 'finalizing' | 'completed' | 'expired' | 'cancelling' | 'cancelled';
  errors: Array<{ code: string; message: string; param: string | null; line: number | null }>;
  outputFile: string | null;
  errorFile: string | null;
  startedMs: number | null;
  /** Since when its files are written. */
  finalizingMs: number | null;
  cancellingMs: number | null;
  finishedMs: number | null;
  counts: { total: number; completed: number; failed: number };
  fault: BatchFault | null;
}

/** What is not answered within a day is not answered at all. */
const LIFE_MS = 86_400_000;

/** The time (ms) at which it expires. */
export function expiresMs({ createdMs }: BatchRecord): number {
  return createdMs + LIFE_MS;
}

export function isOver({ finishedMs }: BatchRecord): boolean {
  return finishedMs !== null;
}

/** The batch object of the API. */
export function viewBatch(batch: BatchRecord) {
  const at = (name: string, ms: number | null) => (ms === null ? {} : { [name]: Math.floor(ms / 1000) });
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    ...(batch.errors.length > 0 && { errors: { object: 'list', data: batch.errors } }),
    input_file_id: batch.inputFile,
    completion_window: batch.completionWindow,
    status: batch.status,
    ...(batch.outputFile !== null && { output_file_id: batch.outputFile }),
    ...(batch.errorFile !== null && { error_file_id: batch.errorFile }),
    ...at('created_at', batch.createdMs),
    ...at('in_progress_at', batch.startedMs),
    ...at('expires_at', expiresMs(batch)),
    ...at('finalizing_at', batch.finalizingMs),
    ...at('cancelling_at', batch.cancellingMs),
    ...at(`${batch.status}_at`, batch.finishedMs),
    request_counts: batch.counts,
    metadata: batch.metadata,
  };
}
