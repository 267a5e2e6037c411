import { createReadStream } from 'node:fs';
import { completionOf, promptFeatures } from './messages.ts';
import type { Item, Reward } from './reward.ts';
import type { ChatMessage } from './types.ts';

/** A training or validation file that cannot be learned from; `line` counts from 1, absent for the file as a whole. */
export class TrainingDataError extends Error {
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.name = 'TrainingDataError';
    this.line = line;
  }
}

/** An example as the learner sees it. */
export interface Sample {
  /** Distinct feature ids of the prompt. */
  input: Uint16Array;
  /** The answer wanted. */
  completion: string;
  /** Of a pair: the answer that is not preferred. */
  rejected?: string;
  /** Of a question: what stands beside its messages. */
  item?: Item;
}

/** How the lines of a file are meant; questions with the reward that says what is hoped for. */
export type Lines = 'examples' | 'pairs' | Reward;

/** node:readline would also split at U+2028, which JSON allows inside a string. */
async function* readLines(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    rest += chunk;
    if (!chunk.includes('\n')) continue;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isMessage(value: unknown): value is ChatMessage {
  return isObject(value) && typeof value.role === 'string';
}

function parseLine(text: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TrainingDataError(`Line ${line} is not valid JSON.`, line);
  }
  return isObject(value) ? value : {};
}

function messagesOf(value: unknown, name: string, line: number): ChatMessage[] {
  if (Array.isArray(value) && value.every(isMessage)) return value;
  throw new TrainingDataError(`Line ${line} has no list "${name}" of objects with a "role".`, line);
}

/** The place of the last answer among messages. */
function lastAnswer(messages: readonly ChatMessage[], line: number): number {
  const at = messages.findLastIndex((message) => message.role === 'assistant');
  if (at < 0) throw new TrainingDataError(`Line ${line} has no message with the role "assistant".`, line);
  return at;
}

function toExample(value: Record<string, unknown>, line: number): Sample {
  const messages = messagesOf(value.messages, 'messages', line);
  const at = lastAnswer(messages, line);
  return { input: promptFeatures(messages.slice(0, at)), completion: completionOf(messages[at] as ChatMessage) };
}

function toPair(value: Record<string, unknown>, line: number): Sample {
  const asked = messagesOf(isObject(value.input) ? value.input.messages : undefined, 'input.messages', line);
  const answerIn = (name: string) => {
    const messages = messagesOf(value[name], name, line);
    return completionOf(messages[lastAnswer(messages, line)] as ChatMessage);
  };
  return {
    input: promptFeatures(asked),
    completion: answerIn('preferred_output'),
    rejected: answerIn('non_preferred_output'),
  };
}

function questionReader(reward: Reward) {
  return ({ messages, ...item }: Record<string, unknown>, line: number): Sample => ({
    input: promptFeatures(messagesOf(messages, 'messages', line)),
    completion: reward.hoped(item),
    item,
  });
}

/**
 * Reads chat JSONL, or pairs of answers and questions in OpenAI's formats, as a stream, one sample a line; blank lines are
 * passed over.
 * Throws `TrainingDataError` naming the line that is not an example, and the file system's error for an unreadable file.
 */
export async function* readSamples(file: string, lines: Lines): AsyncGenerator<Sample> {
  const toSample = typeof lines === 'object' ? questionReader(lines) : lines === 'pairs' ? toPair : toExample;
  let line = 0;
  for await (const raw of readLines(file)) {
    line++;
    const text = line === 1 ? raw.replace(/^\uFEFF/, '') : raw;
    if (text.trim() !== '') yield toSample(parseLine(text, line), line);
  }
}
