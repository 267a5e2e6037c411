import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** What an operation refuses, as SageMaker words it. */
export class Refusal extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export type Body = Record<string, unknown>;
export type Operation = (body: Body) => Body | Promise<Body>;

/** What happens to the next call of an operation. */
export interface Fault {
  operation: string;
  /** The answer instead of the real one; a broken connection when absent. */
  answer?: { status: number; type?: string; message?: string; text?: string };
  /** The operation has its effect all the same. */
  after?: boolean;
}

/** AWS JSON 1.1 over `POST /`: the operation in a header, dates in seconds, errors by `__type`. */
export async function answerCall(
  operations: Readonly<Record<string, Operation>>,
  faults: Fault[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string> {
  const operation = String(request.headers['x-amz-target']).replace('SageMaker.', '');
  const body = JSON.parse(await text(request)) as Body;
  const at = faults.findIndex((one) => one.operation === operation);
  const [fault] = at < 0 ? [] : faults.splice(at, 1);
  const send = (status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
  try {
    const authorization = String(request.headers.authorization);
    if (!/^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[\w-]+\/sagemaker\/aws4_request/.test(authorization)) {
      throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    }
    const handle = operations[operation];
    if (!handle) throw new Refusal('UnknownOperationException', `There is no ${operation}.`);
    const answer = fault && !fault.after ? {} : await handle(body);
    if (!fault) send(200, answer);
    else if (!fault.answer) request.socket.destroy();
    else send(fault.answer.status, fault.answer.text ?? { __type: fault.answer.type, message: fault.answer.message });
  } catch (error) {
    if (error instanceof Refusal) send(error.status, { __type: error.type, message: error.message });
    else send(500, { __type: 'InternalFailure', message: String(error) });
  }
  return operation;
}

export const seconds = (ms: number) => ms / 1000;

/** A name as SageMaker allows it. */
export function checkName(field: string, name: unknown): string {
  if (typeof name === 'string' && name.length <= 63 && /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name)) return name;
  throw new Refusal(
    'ValidationException',
    `1 validation error detected: Value '${name}' at '${field}' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`,
  );
}

/** A page of a listing, newest first; small ones, so that there are several. */
export function page<T>(all: readonly T[], token: unknown, size = 2): { items: T[]; NextToken?: string } {
  const from = Number(token ?? 0);
  const items = all.slice(from, from + size);
  return { items, ...(from + size < all.length ? { NextToken: String(from + size) } : {}) };
}
