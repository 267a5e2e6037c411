import { createHash } from 'node:crypto';
import type { Method } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { type ReadExample, readExamples } from './examples.ts';
import { formats } from './formats.ts';
import { canonicalJson } from './json.ts';
import { type Likeness, likenesses } from './near.ts';
import { referenceOf } from './reference.ts';
import type { ChatMessage } from './shapes.ts';
import { readLines } from './source.ts';
import type { TokenCounter } from './tokens.ts';

/** What is remembered of an example when a file is split: where it is and what it is like, not what it says. */
export interface Entry {
  /** From 1. */
  line: number;
  /** Bytes in the file. */
  offset: number;
  length: number;
  /** Equal for examples that ask the same. */
  prompt: string;
  /** Tells examples that ask nearly the same. */
  likeness: Likeness;
  /** Equal for examples with the same final answer. */
  answer: string;
  tokens: number;
  answerTokens: number;
}

/** Reads a file once. Throws `invalid_data` at the first line that is no example. */
export async function readEntries(
  path: string,
  method: Method,
  counter: TokenCounter,
  signal?: AbortSignal,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const likenessOf = likenesses();
  const add = ({ line, example, problems }: ReadExample): void => {
    const error = problems.find(({ severity }) => severity === 'error');
    if (error) {
      throw new TunewrightError('invalid_data', `${path} cannot be split: line ${error.line ?? 1}: ${error.message}`, {
        advice: `Mend it; \`tunewright validate ${path}\` lists all there is to mend.`,
      });
    }
    if (!line || !example) return;
    const { number, offset, length } = line;
    const { prompt, reference } = referenceOf(example.chat);
    const { tokens } = counter.example(example);
    const asked = digest(canonicalJson(prompt.map(asAsked)));
    entries.push({
      line: number,
      offset,
      length,
      prompt: asked,
      likeness: likenessOf(prompt),
      answer: digest(reference),
      tokens,
      answerTokens: counter.text(reference),
    });
  };
  for await (const list of readExamples(readLines(path, { signal }), formats[method])) {
    for (const read of list) add(read);
  }
  return entries;
}

/** Weights say how an earlier answer is learnt, not what is asked. */
function asAsked(message: ChatMessage): ChatMessage {
  const { weight: _, ...asked } = message;
  return asked;
}

/** 16 characters of one byte for a text of any length. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest().toString('latin1', 0, 16);
}
