import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { isObject, type JsonObject } from '../body.ts';
import { complete, readChatRequest, viewCompletion } from '../chat/complete.ts';
import { ApiError, badRequest, errorBody } from '../errors.ts';
import { addFile } from '../files.ts';
import { newId } from '../ids.ts';
import type { ChatUse } from '../ledger.ts';
import { readLines } from '../lines.ts';
import type { Services } from '../platform.ts';
import type { BatchRecord } from './record.ts';

/** A batch costs half of the same requests made one by one. */
const PRICE_SHARE = 0.5;

/** Runs batches in the background, one after the other. */
export interface BatchRunner {
  add(batch: BatchRecord): void;
  /** Throws a 400 for a batch that is over. */
  cancel(batch: BatchRecord): BatchRecord;
  /** The batch as it stands, its counts up to the moment. */
  current(batch: BatchRecord): BatchRecord;
  close(): void;
}

interface Outcome {
  output: string[];
  errors: string[];
  use: Map<string, ChatUse>;
}

/** Starts the runner. A batch cut off by a crash starts again; nothing of it was written or billed before its end. */
export function startBatches(services: Services): BatchRunner {
  const { clock, store, webhooks } = services;
  const waiting = new Map<string, BatchRecord>();
  let closed = false;
  let running = false;

  for (const batch of store.list<BatchRecord>('batch', { order: 'asc' })) {
    if (!isOver(batch)) waiting.set(batch.id, batch);
  }
  void runAll();

  async function runAll(): Promise<void> {
    if (running) return;
    running = true;
    for (const batch of waiting.values()) {
      if (closed) break;
      await run(batch).catch((error: Error) => failed(batch, 'server_error', error.message, null));
      waiting.delete(batch.id);
    }
    running = false;
  }

  async function run(batch: BatchRecord): Promise<void> {
    const path = services.blobs.path(batch.inputFile);
    const seen = new Set<string>();
    let total = 0;
    for await (const { number, text } of readLines(path)) {
      const request = readRequest(text);
      if (typeof request === 'string') return failed(batch, 'invalid_json_line', request, number);
      if (seen.has(request.id)) return failed(batch, 'duplicate_custom_id', `"${request.id}" is used twice.`, number);
      seen.add(request.id);
      total++;
    }
    if (total === 0) return failed(batch, 'empty_file', 'The input file has no requests.', null);
    if (closed || isOver(batch)) return;
    batch.status = 'in_progress';
    batch.startedMs = clock.now();
    batch.counts = { total, completed: 0, failed: 0 };
    store.put('batch', batch);

    const outcome: Outcome = { output: [], errors: [], use: new Map() };
    for await (const { text } of readLines(path)) {
      const request = readRequest(text);
      if (typeof request !== 'string') await answerOne(services, batch, request, outcome);
      await yieldToOthers();
      if (closed || isOver(batch)) return;
    }
    await completed(batch, outcome);
  }

  async function completed(batch: BatchRecord, { output, errors, use }: Outcome): Promise<void> {
    const write = async (lines: string[], name: string) => {
      if (lines.length === 0) return undefined;
      const id = newId('file-');
      const bytes = await services.blobs.writeText(id, `${lines.join('\n')}\n`);
      return { id, bytes, filename: `${batch.id}_${name}.jsonl`, purpose: 'batch_output' };
    };
    const outputFile = await write(output, 'output');
    const errorFile = await write(errors, 'error');
    if (closed || isOver(batch)) return;
    store.transaction(() => {
      batch.outputFile = outputFile ? addFile(services, outputFile).id : null;
      batch.errorFile = errorFile ? addFile(services, errorFile).id : null;
      for (const [model, each] of use) services.ledger.addChat(model, each);
      end(batch, 'completed');
    });
  }

  function failed(batch: BatchRecord, code: string, message: string, line: number | null): void {
    if (closed || isOver(batch)) return;
    batch.errors = [{ code, message, param: null, line }];
    store.transaction(() => end(batch, 'failed'));
  }

  function end(batch: BatchRecord, status: 'completed' | 'failed' | 'cancelled'): void {
    batch.status = status;
    batch.finishedMs = clock.now();
    store.put('batch', batch);
    webhooks.emit(`batch.${status}`, batch.id);
  }

  return {
    add(batch) {
      store.transaction(() => {
        store.put('batch', batch);
        services.ledger.add({ kind: 'batch', id: batch.id, metadata: batch.metadata });
      });
      waiting.set(batch.id, batch);
      void runAll();
    },
    cancel(record) {
      const batch = waiting.get(record.id);
      if (!batch || isOver(batch)) throw badRequest(`Cannot cancel a batch with status '${record.status}'.`);
      store.transaction(() => end(batch, 'cancelled'));
      return batch;
    },
    current: (batch) => waiting.get(batch.id) ?? batch,
    close() {
      closed = true;
    },
  };
}

function isOver(batch: BatchRecord): boolean {
  return batch.status === 'completed' || batch.status === 'failed' || batch.status === 'cancelled';
}

async function answerOne(
  services: Services,
  batch: BatchRecord,
  { id, body }: { id: string; body: JsonObject },
  outcome: Outcome,
): Promise<void> {
  const line = (status: number, answer: object) =>
    JSON.stringify({
      id: newId('batch_req_'),
      custom_id: id,
      response: { status_code: status, request_id: newId('req_'), body: answer },
      error: null,
    });
  try {
    const request = readChatRequest(services, body);
    const { choices, use } = await complete(services, request);
    const model = request.model.id;
    const so = outcome.use.get(model) ?? { requests: 0, promptTokens: 0, completionTokens: 0, dollars: 0 };
    outcome.use.set(model, {
      requests: so.requests + 1,
      promptTokens: so.promptTokens + use.promptTokens,
      completionTokens: so.completionTokens + use.completionTokens,
      dollars: so.dollars + use.dollars * PRICE_SHARE,
    });
    outcome.output.push(line(200, viewCompletion(model, services.clock.seconds(), choices, use)));
    batch.counts.completed++;
  } catch (error) {
    const refused = error instanceof ApiError ? error : new ApiError(500, String(error), { type: 'server_error' });
    outcome.errors.push(line(refused.status, errorBody(refused)));
    batch.counts.failed++;
  }
}

/** One line of an input file, or what is wrong with it. */
function readRequest(text: string | null): { id: string; body: JsonObject } | string {
  let line: unknown;
  try {
    line = JSON.parse(text ?? '');
  } catch {
    return 'This line is not parseable as valid JSON.';
  }
  if (!isObject(line) || typeof line.custom_id !== 'string') return 'A request needs a "custom_id".';
  if (line.method !== 'POST') return 'The method must be POST.';
  if (line.url !== '/v1/chat/completions') return "The url must be the batch's endpoint, /v1/chat/completions.";
  return isObject(line.body) ? { id: line.custom_id, body: line.body } : 'A request needs a "body".';
}
