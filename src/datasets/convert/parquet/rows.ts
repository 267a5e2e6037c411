import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, TunewrightError } from '../../../contract/errors.ts';
import type { Rows } from '../format.ts';
import type { OpenInput } from '../input.ts';
import type { RowOrProblem } from '../row.ts';
import { type Decoded, damaged, tooLarge } from './decode.ts';

const script = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
/** The largest row group takes seconds; damage can keep the decoder for ever. */
const usualPatienceMs = 120_000;

/** What the decoding thread answers. */
export type Told = Decoded | { end: true } | { fault: { code: ErrorCode; message: string; advice: string } };

/**
 * The rows of a Parquet file, decoded in a thread that can be ended. Throws as `decode` does, and `source_unreadable` where
 * it does not come to an end.
 */
export async function parquetRows(
  input: OpenInput,
  patienceMs = usualPatienceMs,
): Promise<Rows & { close(): Promise<void> }> {
  const { handle, bytes, name } = input;
  input.signal?.throwIfAborted();
  const thread = new Worker(script, { workerData: { fd: handle.fd, bytes, name } });
  const close = async () => void (await thread.terminate());
  try {
    await next(thread, input, patienceMs);
  } catch (error) {
    await close();
    throw error;
  }
  return { format: 'Parquet', rows: batches(thread, input, patienceMs), close };
}

async function* batches(thread: Worker, input: OpenInput, patienceMs: number): AsyncGenerator<RowOrProblem[]> {
  let line = 0;
  for (;;) {
    const decoded = await next(thread, input, patienceMs);
    if (!decoded) return;
    yield decoded.rows.map((value) => {
      line += 1;
      return { row: { line, value } };
    });
    input.onProgress?.(Math.min(decoded.bytesDone, input.bytes), input.bytes);
  }
}

/** Undefined at the end. */
async function next(thread: Worker, { name, signal }: OpenInput, patienceMs: number): Promise<Decoded | undefined> {
  const patience = AbortSignal.timeout(patienceMs);
  const answer = once(thread, 'message', { signal: signal ? AbortSignal.any([signal, patience]) : patience });
  thread.postMessage('next');
  try {
    const [told] = (await answer) as [Told];
    if ('rows' in told) return told;
    if ('end' in told) return undefined;
    throw new TunewrightError(told.fault.code, told.fault.message, { advice: told.fault.advice });
  } catch (error) {
    signal?.throwIfAborted();
    if (patience.aborted) throw damaged(name, error);
    if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') throw tooLarge(name);
    throw error;
  }
}
