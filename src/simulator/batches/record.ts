import type { StoredRecord } from '../store.ts';

/** A batch as kept in the store. Times in ms. */
export interface BatchRecord extends StoredRecord {
  endpoint: string;
  inputFile: string;
  completionWindow: string;
  metadata: Record<string, string> | null;
  status: 'validating' | 'in_progress' | 'completed' | 'failed' | 'cancelled';
  errors: Array<{ code: string; message: string; param: string | null; line: number | null }>;
  outputFile: string | null;
  errorFile: string | null;
  startedMs: number | null;
  finishedMs: number | null;
  counts: { total: number; completed: number; failed: number };
}

/** Batches not done within a day expire on OpenAI; the date is only shown. */
const LIFE_MS = 86_400_000;

/** The batch object of the API. */
export function viewBatch(batch: BatchRecord) {
  const seconds = (ms: number) => Math.floor(ms / 1000);
  const ended = batch.finishedMs === null ? {} : { [`${batch.status}_at`]: seconds(batch.finishedMs) };
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
    created_at: seconds(batch.createdMs),
    ...(batch.startedMs !== null && { in_progress_at: seconds(batch.startedMs) }),
    expires_at: seconds(batch.createdMs + LIFE_MS),
    ...ended,
    request_counts: batch.counts,
    metadata: batch.metadata,
  };
}
