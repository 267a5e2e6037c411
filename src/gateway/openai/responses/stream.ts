import type { z } from 'zod';
import {
  type ChatUsage,
  callItem,
  chunkShape,
  ending,
  messageItem,
  newId,
  type OutputItem,
  shell,
  textPart,
  usageOf,
} from './answer.ts';
import type { ResponsesRequest } from './request.ts';

type Chunk = z.infer<typeof chunkShape>;
/** An event of `/responses`, its number in the stream not yet given. */
type Event = { type: string } & Record<string, unknown>;

/** Chunks of `/chat/completions` as events of `/responses`, each as it comes. */
export async function* toEvents(
  chunks: AsyncIterable<unknown>,
  asked: ResponsesRequest,
): AsyncGenerator<Event & { sequence_number: number }> {
  let number = 0;
  for await (const event of eventsOf(chunks, asked)) yield { ...event, sequence_number: number++ };
}

async function* eventsOf(chunks: AsyncIterable<unknown>, asked: ResponsesRequest): AsyncGenerator<Event> {
  const response = shell(asked, asked.model);
  const output: OutputItem[] = [];
  let usage: ChatUsage | undefined;
  let finish: string | undefined;
  let open: Open | undefined;
  yield { type: 'response.created', response: { ...response } };
  yield { type: 'response.in_progress', response: { ...response } };
  for await (const raw of chunks) {
    const chunk: Chunk = chunkShape.parse(raw);
    response.model = chunk.model ?? response.model;
    usage = chunk.usage ?? usage;
    for (const { delta, finish_reason } of chunk.choices) {
      finish = finish_reason ?? finish;
      for (const piece of piecesOf(delta ?? {})) {
        if (open?.key !== piece.key) {
          if (open) yield* closed(open);
          open = opened(piece, output);
          yield* begun(open);
        }
        yield grown(open, piece.text);
      }
    }
  }
  // An answer without a word is an answer.
  if (!open) {
    open = opened({ key: 'text', text: '' }, output);
    yield* begun(open);
  }
  yield* closed(open);
  const end = ending(finish);
  const whole = { ...response, ...end, output, usage: usageOf(usage) };
  yield { type: end.status === 'incomplete' ? 'response.incomplete' : 'response.completed', response: whole };
}

/** What a chunk adds to, and what it adds. */
interface Piece {
  key: string;
  text: string;
  call?: { id: string; name: string };
}

function piecesOf({ content, refusal, tool_calls: calls }: NonNullable<Chunk['choices'][0]['delta']>): Piece[] {
  return [
    ...(content ? [{ key: 'text', text: content }] : []),
    ...(refusal ? [{ key: 'refusal', text: refusal }] : []),
    ...(calls ?? []).map(({ index, id, function: called }) => ({
      key: `call-${index}`,
      text: called?.arguments ?? '',
      call: { id: id ?? newId('call'), name: called?.name ?? '' },
    })),
  ];
}

/** The item that is being written. */
interface Open {
  key: string;
  item: OutputItem;
  index: number;
}

function opened({ key, call }: Piece, output: OutputItem[]): Open {
  const item = call
    ? callItem(call.id, call.name, '')
    : messageItem([key === 'text' ? textPart('') : { type: 'refusal', refusal: '' }]);
  output.push(item);
  return { key, item, index: output.length - 1 };
}

function* begun({ item, index: output_index }: Open): Generator<Event> {
  const empty = { ...item, status: 'in_progress', ...(item.type === 'message' ? { content: [] } : {}) };
  yield { type: 'response.output_item.added', output_index, item: empty };
  if (item.type !== 'message') return;
  const part = { ...item.content[0] };
  yield { type: 'response.content_part.added', item_id: item.id, output_index, content_index: 0, part };
}

function grown({ item, index: output_index }: Open, delta: string): Event {
  const where = { item_id: item.id, output_index };
  if (item.type === 'function_call') {
    item.arguments += delta;
    return { type: 'response.function_call_arguments.delta', ...where, delta };
  }
  const [part] = item.content;
  if (part?.type === 'refusal') {
    part.refusal += delta;
    return { type: 'response.refusal.delta', ...where, content_index: 0, delta };
  }
  if (part) part.text += delta;
  return { type: 'response.output_text.delta', ...where, content_index: 0, delta, logprobs: [] };
}

function* closed({ item, index: output_index }: Open): Generator<Event> {
  const where = { item_id: item.id, output_index };
  if (item.type === 'function_call') {
    const { name, arguments: args } = item;
    yield { type: 'response.function_call_arguments.done', ...where, name, arguments: args };
  } else {
    const [part] = item.content;
    const said = { ...where, content_index: 0 };
    if (part?.type === 'refusal') yield { type: 'response.refusal.done', ...said, refusal: part.refusal };
    else yield { type: 'response.output_text.done', ...said, text: part?.text ?? '', logprobs: [] };
    yield { type: 'response.content_part.done', ...said, part };
  }
  yield { type: 'response.output_item.done', output_index, item };
}
