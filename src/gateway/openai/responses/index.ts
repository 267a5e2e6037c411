import { EventSourceParserStream } from 'eventsource-parser/stream';
import { describeIssues } from '../../../contract/issues.ts';
import type { Platforms } from '../../../platforms/registry.ts';
import { stringFields } from '../fields.ts';
import { type Call, forward, type Outcome } from '../forward.ts';
import type { Target } from '../routes.ts';
import { toResponse } from './answer.ts';
import { type ResponsesRequest, responsesRequest, toChat } from './request.ts';
import { toEvents } from './stream.ts';

export const responsesPath = '/responses';
const chatPath = '/chat/completions';

/**
 * A question to `/responses`, of which many servers of open models know nothing: one that answers 404 is asked the same at
 * `/chat/completions`, and its answer is told as a response. What has no counterpart there is refused by name.
 */
export async function forwardResponses(platforms: Platforms, target: Target, call: Call): Promise<Outcome> {
  const first = await forward(platforms, target, call);
  if (first.trouble !== 'http_404' || (await isModelGone(first))) return first;
  await first.answer?.body?.cancel().catch(() => undefined);
  const asked = responsesRequest.safeParse(bodyOf(call));
  if (!asked.success) return { answer: refusal(describeIssues(asked.error)) };
  const second = await forward(platforms, target, chatCall(call, asked.data));
  if (second.trouble || second.answer?.status !== 200) return second;
  return { answer: await told(second.answer, asked.data) };
}

/** As platforms that have the route say it. */
async function isModelGone({ answer }: Outcome): Promise<boolean> {
  const said = (await answer
    ?.clone()
    .json()
    .catch(() => undefined)) as { error?: { code?: unknown } } | undefined;
  return said?.error?.code === 'model_not_found';
}

function bodyOf({ body }: Call): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function chatCall(call: Call, asked: ResponsesRequest): Call {
  const body = Buffer.from(JSON.stringify(toChat(asked)));
  return { ...call, path: chatPath, body, model: stringFields(body, ['model']).get('model') ?? call.model };
}

/** Headers of the platform stay, less those of the form in which it has answered. */
async function told(answer: Response, asked: ResponsesRequest): Promise<Response> {
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  if (!asked.stream) return Response.json(toResponse(await answer.json(), asked), { headers });
  return new Response(ReadableStream.from(lines(answer, asked)), { headers });
}

async function* lines(answer: Response, asked: ResponsesRequest): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const event of toEvents(chunksOf(answer), asked)) {
    yield encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
}

async function* chunksOf({ body }: Response): AsyncGenerator<unknown> {
  if (!body) return;
  for await (const { data } of body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) {
    if (data !== '[DONE]') yield JSON.parse(data);
  }
}

function refusal(problems: string): Response {
  const message = `This model is asked over /chat/completions, where this request has no counterpart: ${problems}`;
  const error = { message, type: 'invalid_request_error', param: null, code: 'unsupported_parameter' };
  return Response.json({ error }, { status: 400 });
}
