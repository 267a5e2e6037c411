import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { isObject } from '../body.ts';
import type { Method } from '../catalogue.ts';
import { readLines } from '../lines.ts';
import { flaggedCategories } from '../moderation.ts';
import { countTokens } from '../tokens.ts';
import { readConversations } from './line-formats.ts';

const MIN_EXAMPLES = 10;
/** A file with a larger share of flagged examples is unsafe. */
const MAX_FLAGGED_SHARE = 0.05;
/** Longest stretch (ms) of checking before other requests are served. */
const STRETCH_MS = 15;

/** What the platform found in a training or validation file. */
export type FileCheck =
  | { ok: true; examples: number; tokens: number }
  | { ok: false; code: 'invalid_training_file' | 'unsafe_file'; message: string };

/**
 * Reads a training or validation file and counts its billable tokens; stops at the first bad line. Of a pair both answers
 * count, each with what is asked, since a model reads both: OpenAI does not say what it bills for one.
 */
export async function checkTrainingFile(
  path: string,
  method: Method,
  options: { maxExampleTokens: number; minExamples?: number },
): Promise<FileCheck> {
  const invalid = (message: string): FileCheck => ({
    ok: false,
    code: 'invalid_training_file',
    message: `The job failed due to an invalid training file. ${message}`,
  });
  const minExamples = options.minExamples ?? MIN_EXAMPLES;
  let examples = 0;
  let tokens = 0;
  let flagged = 0;
  let since = performance.now();
  for await (const { number, text } of readLines(path)) {
    if (text === null) return invalid(`Line ${number} is too long.`);
    const conversations = readConversations(text, method);
    if (typeof conversations === 'string') return invalid(`Invalid file format. Line ${number}: ${conversations}`);
    examples++;
    for (const conversation of conversations) {
      tokens += Math.min(options.maxExampleTokens, exampleTokens(conversation));
    }
    const said = conversations.flat();
    if (said.some((message) => flaggedCategories(messageText(message)).length > 0)) flagged++;
    if (performance.now() - since > STRETCH_MS) {
      await yieldToOthers();
      since = performance.now();
    }
  }
  if (examples < minExamples) {
    return invalid(`Training file has ${examples} example(s), but must have at least ${minExamples} examples.`);
  }
  if (flagged / examples > MAX_FLAGGED_SHARE) return unsafeFile(flagged, examples);
  return { ok: true, examples, tokens };
}

/** The finding for a file with too many flagged examples. */
export function unsafeFile(flagged: number, examples: number): FileCheck {
  return {
    ok: false,
    code: 'unsafe_file',
    message:
      'The job failed due to an unsafe training file. This training file was blocked because too many examples ' +
      `were flagged by our moderation (${flagged} of ${examples}).`,
  };
}

/** What of a message counts; a message of a client may hold anything. */
interface TokenMessage {
  role?: unknown;
  content?: unknown;
  name?: unknown;
  tool_calls?: unknown;
  function_call?: unknown;
}

/** The text of a message: its content (text parts joined) and the JSON of its calls. */
function messageText(message: TokenMessage): string {
  const content = message.content;
  const text = Array.isArray(content)
    ? content.map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : '')).join(' ')
    : typeof content === 'string'
      ? content
      : '';
  const calls = message.tool_calls ?? message.function_call;
  return calls ? `${text}${JSON.stringify(calls)}` : text;
}

/** Tokens of a chat as OpenAI counts them: 3 a message and 3 for the answer's start, besides role and text. */
export function exampleTokens(messages: readonly TokenMessage[]): number {
  let tokens = 3;
  for (const message of messages) {
    tokens += 3 + countTokens(String(message.role)) + countTokens(messageText(message));
    if (typeof message.name === 'string') tokens += 1 + countTokens(message.name);
  }
  return tokens;
}
