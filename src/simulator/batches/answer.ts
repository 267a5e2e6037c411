import { complete, readChatRequest, viewCompletion } from '../chat/complete.ts';
import { ApiError, errorBody } from '../errors.ts';
import { newId } from '../ids.ts';
import type { ChatUse } from '../ledger.ts';
import type { Services } from '../services.ts';
import type { BatchRequest } from './check.ts';

/** A batch costs half of the same requests made one by one. */
const PRICE_SHARE = 0.5;

/** What a batch has come to so far. */
export interface Outcome {
  /** Lines of the output file. */
  output: string[];
  /** Lines of the error file. */
  errors: string[];
  /** By model; written to the ledger with the files. */
  use: Map<string, ChatUse>;
}

/** @param fails whether the platform has trouble with this one */
export async function answerOne(
  services: Services,
  { id, body }: BatchRequest,
  outcome: Outcome,
  fails: boolean,
): Promise<void> {
  const line = (status: number, answer: object) =>
    JSON.stringify({
      id: newId('batch_req_'),
      custom_id: id,
      response: { status_code: status, request_id: newId('req_'), body: answer },
      error: null,
    });
  try {
    if (fails) throw new ApiError(500, 'The server had an error.', { type: 'server_error' });
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
  } catch (error) {
    const refused = error instanceof ApiError ? error : new ApiError(500, String(error), { type: 'server_error' });
    outcome.errors.push(line(refused.status, errorBody(refused)));
  }
}

/** The line of a request that the window was too short for. */
export function expiredLine({ id }: BatchRequest): string {
  const message = 'This request could not be executed before the completion window expired.';
  const error = { code: 'batch_expired', message };
  return JSON.stringify({ id: newId('batch_req_'), custom_id: id, response: null, error });
}
