import { createReadStream } from 'node:fs';
import { completionOf, promptFeatures } from './messages.ts';
import type { ChatMessage, Example } from './types.ts';

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
  completion: string;
}

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

function isMessage(value: unknown): value is ChatMessage {
  return typeof value === 'object' && value !== null && 'role' in value && typeof value.role === 'string';
}

function parseExample(text: string, line: number): Example {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TrainingDataError(`Line ${line} is not valid JSON.`, line);
  }
  const messages = typeof value === 'object' && value !== null && 'messages' in value ? value.messages : undefined;
  if (!Array.isArray(messages) || !messages.every(isMessage)) {
    throw new TrainingDataError(`Line ${line} has no list "messages" of objects with a "role".`, line);
  }
  return { messages };
}

/**
 * Reads chat JSONL as a stream, one sample a line; blank lines are passed over.
 * Throws `TrainingDataError` naming the line that is not an example, and the file system's error for an unreadable file.
 */
export async function* readSamples(file: string): AsyncGenerator<Sample> {
  let line = 0;
  for await (const raw of readLines(file)) {
    line++;
    const text = line === 1 ? raw.replace(/^\uFEFF/, '') : raw;
    if (text.trim() === '') continue;
    const { messages } = parseExample(text, line);
    const answer = messages.findLastIndex((message) => message.role === 'assistant');
    const completion = messages[answer];
    if (!completion) throw new TrainingDataError(`Line ${line} has no message with the role "assistant".`, line);
    yield { input: promptFeatures(messages.slice(0, answer)), completion: completionOf(completion) };
  }
}
