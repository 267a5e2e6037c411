import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { badRequest } from '../errors.ts';
import { addFile, fileStatus, findFile } from '../files.ts';
import { newId } from '../ids.ts';
import type { Services } from '../services.ts';
import { answerOne, expiredLine, type Outcome } from './answer.ts';
import { type BatchRequest, checkInput, requestsOf } from './check.ts';
import { type BatchRecord, expiresMs, isOver } from './record.ts';

const TICK_MS = 100;

/** Runs batches in the background, at the pace that `batchSeconds` sets by the platform's clock. */
export interface BatchRunner {
  add(batch: BatchRecord): void;
  /** Brings all batches up to the clock; each request does this first. */
  tick(): void;
  /** Throws a 400 for a batch that is over. */
  cancel(batch: BatchRecord): BatchRecord;
  /** The batch as it stands, its counts up to the moment. */
  current(batch: BatchRecord): BatchRecord;
  close(): void;
}

interface Work {
  batch: BatchRecord;
  /** Looks again whether what it waits for has come. */
  wake(): void;
}

/** Starts the runner. A batch cut off by a crash starts again; nothing of it was written or billed before its end. */
export function startBatches(services: Services): BatchRunner {
  const { clock, settings, store, webhooks } = services;
  const active = new Map<string, Work>();
  let closed = false;

  for (const batch of store.list<BatchRecord>('batch', { order: 'asc' })) {
    if (batch.status === 'finalizing') batch.status = 'in_progress';
    if (!isOver(batch)) start(batch);
  }

  const ticker = setInterval(() => {
    if (active.size > 0) void clock.refresh().then(() => !closed && tick());
  }, TICK_MS);

  function tick(): void {
    for (const work of active.values()) work.wake();
  }

  function start(batch: BatchRecord): void {
    const work: Work = { batch, wake: () => {} };
    active.set(batch.id, work);
    run(work)
      .catch((error: Error) => {
        if (!closed) fail(batch, { code: 'server_error', message: error.message, line: null, param: null });
      })
      .finally(() => active.delete(batch.id));
  }

  /** Returns when it is so, or the platform is closed. */
  async function until(work: Work, so: () => boolean): Promise<void> {
    while (!closed && !so()) {
      await new Promise<void>((resolve) => {
        work.wake = resolve;
      });
    }
  }

  async function run(work: Work): Promise<void> {
    const { batch } = work;
    const { fault } = batch;
    await until(work, () => isChecked(batch));
    const check = await checkInput(services, batch.inputFile);
    if (closed) return;
    if (fault?.fail) return fail(batch, { ...fault.fail, line: null, param: null });
    if (!check.ok) return fail(batch, check);
    batch.counts = { total: check.total, completed: 0, failed: 0 };
    if (batch.status === 'validating') change(batch, 'in_progress', { startedMs: clock.now() });

    const outcome: Outcome = { output: [], errors: [], use: new Map() };
    const left = await answer(work, outcome);
    if (closed) return;
    if (batch.status === 'cancelling') await until(work, () => clock.now() >= cancelledMs(batch));
    else change(batch, 'finalizing', { finalizingMs: clock.now() });
    const expired = batch.status === 'finalizing' && left.length > 0;
    if (expired) outcome.errors.push(...left.map(expiredLine));
    if (!closed) await finish(batch, outcome, expired ? 'expired' : undefined);
  }

  function isChecked({ inputFile, status }: BatchRecord): boolean {
    const file = findFile(services, inputFile);
    return status === 'cancelling' || !file || fileStatus(file, clock.now()) !== 'uploaded';
  }

  /** Answers one request after the other, each when it is due; returns those that are left when it is stopped or expires. */
  async function answer(work: Work, outcome: Outcome): Promise<BatchRequest[]> {
    const { batch } = work;
    const { fault, counts, startedMs } = batch;
    const eachMs = (settings.current.batchSeconds * 1000) / counts.total;
    const stops = () => closed || batch.status !== 'in_progress';
    const left: BatchRequest[] = [];
    let at = 0;
    for await (const request of requestsOf(services, batch.inputFile)) {
      at += 1;
      const dueMs = fault?.stuck ? Number.POSITIVE_INFINITY : (startedMs ?? 0) + at * eachMs;
      // What was due before the end of the window is answered, also under a clock that leaps over both.
      await until(work, () => stops() || clock.now() >= Math.min(dueMs, expiresMs(batch)));
      if (stops() || dueMs > expiresMs(batch)) {
        left.push(request);
        continue;
      }
      await answerOne(services, request, outcome, fault?.errorEvery !== undefined && at % fault.errorEvery === 0);
      batch.counts = { ...counts, completed: outcome.output.length, failed: outcome.errors.length };
      await yieldToOthers();
    }
    return left;
  }

  function cancelledMs({ cancellingMs }: BatchRecord): number {
    return (cancellingMs ?? 0) + settings.current.batchCancelMs;
  }

  async function finish(batch: BatchRecord, { output, errors, use }: Outcome, expired: 'expired' | undefined) {
    const write = async (lines: string[], name: string) => {
      if (lines.length === 0) return undefined;
      const id = newId('file-');
      const bytes = await services.blobs.writeText(id, `${lines.join('\n')}\n`);
      return { id, bytes, filename: `${batch.id}_${name}.jsonl`, purpose: 'batch_output' };
    };
    const outputFile = await write(output, 'output');
    const errorFile = await write(errors, 'error');
    if (closed) return;
    store.transaction(() => {
      batch.outputFile = outputFile ? addFile(services, outputFile).id : null;
      batch.errorFile = errorFile ? addFile(services, errorFile).id : null;
      batch.counts = { ...batch.counts, failed: errors.length };
      for (const [model, each] of use) services.ledger.addChat(model, each);
      end(batch, batch.status === 'cancelling' ? 'cancelled' : (expired ?? 'completed'));
    });
  }

  function fail(batch: BatchRecord, { code, message, param, line }: BatchRecord['errors'][number]): void {
    store.transaction(() => {
      if (batch.status === 'cancelling') return end(batch, 'cancelled');
      batch.errors = [{ code, message, param, line }];
      end(batch, 'failed');
    });
  }

  function change(batch: BatchRecord, status: BatchRecord['status'], times: Partial<BatchRecord>): void {
    Object.assign(batch, { status, ...times });
    store.put('batch', batch);
  }

  function end(batch: BatchRecord, status: 'completed' | 'failed' | 'expired' | 'cancelled'): void {
    change(batch, status, { finishedMs: clock.now() });
    webhooks.emit(`batch.${status}`, batch.id);
  }

  return {
    add(batch) {
      store.transaction(() => {
        store.put('batch', batch);
        services.ledger.add({ kind: 'batch', id: batch.id, metadata: batch.metadata });
      });
      start(batch);
    },
    tick,
    cancel(record) {
      const batch = active.get(record.id)?.batch;
      if (!batch || isOver(batch)) throw badRequest(`Cannot cancel a batch with status '${record.status}'.`);
      if (batch.status !== 'cancelling') change(batch, 'cancelling', { cancellingMs: clock.now() });
      tick();
      return batch;
    },
    current: (batch) => active.get(batch.id)?.batch ?? batch,
    close() {
      closed = true;
      clearInterval(ticker);
      tick();
    },
  };
}
