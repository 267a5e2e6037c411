import { isObject, type JsonObject } from '../body.ts';
import { readLines } from '../lines.ts';
import type { Services } from '../services.ts';

/** OpenAI takes so many requests a batch. */
const MOST_REQUESTS = 50_000;

/** One line of an input file. */
export interface BatchRequest {
  id: string;
  body: JsonObject;
}

export type InputCheck =
  | { ok: true; total: number }
  | { ok: false; code: string; message: string; line: number | null; param: string | null };

/** Reads an input file to its first fault: then nothing of it is answered. */
export async function checkInput({ blobs, models }: Services, fileId: string): Promise<InputCheck> {
  const bad = (code: string, message: string, line: number | null = null, param: string | null = null) =>
    ({ ok: false, code, message, line, param }) as const;
  const seen = new Set<string>();
  let first: unknown;
  for await (const { number, text } of readLines(blobs.path(fileId))) {
    const request = readRequest(text);
    if (typeof request === 'string') return bad('invalid_json_line', request, number);
    const { id, body } = request;
    if (seen.has(id)) return bad('duplicate_custom_id', `"${id}" is used twice.`, number, 'custom_id');
    seen.add(id);
    if (seen.size > MOST_REQUESTS) return bad('too_many_tasks', `A batch takes ${MOST_REQUESTS} requests.`, number);
    first ??= body.model;
    if (body.model !== first) {
      const message = `The model '${body.model}' is not that of the requests before, '${first}'.`;
      return bad('mismatched_model', message, number, 'body.model');
    }
    if (!models.resolve(String(body.model))) {
      return bad('model_not_found', `The model '${body.model}' does not exist.`, number, 'body.model');
    }
  }
  return seen.size === 0 ? bad('empty_file', 'The input file has no requests.') : { ok: true, total: seen.size };
}

/** The requests of a file that was found sound. */
export async function* requestsOf({ blobs }: Services, fileId: string): AsyncGenerator<BatchRequest> {
  for await (const { text } of readLines(blobs.path(fileId))) {
    const request = readRequest(text);
    if (typeof request !== 'string') yield request;
  }
}

/** One line of an input file, or what is wrong with it. */
function readRequest(text: string | null): BatchRequest | string {
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
