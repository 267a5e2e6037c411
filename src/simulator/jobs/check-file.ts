import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { isObject, type JsonObject } from '../body.ts';
import { readLines } from '../lines.ts';
import { flaggedCategories } from '../moderation.ts';
import { countTokens } from '../tokens.ts';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
const MIN_EXAMPLES = 10;
/** A file with a larger share of flagged examples is unsafe. */
const MAX_FLAGGED_SHARE = 0.05;
/** Longest stretch (ms) of checking before other requests are served. */
const STRETCH_MS = 15;

/** What the platform found in a file of chat examples. */
export type FileCheck =
  | { ok: true; examples: number; tokens: number }
  | { ok: false; code: 'invalid_training_file' | 'unsafe_file'; message: string };

/** Reads a training or validation file and counts its billable tokens; stops at the first bad line. */
export async function checkChatFile(
  path: string,
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
    const example = readExample(text);
    if (typeof example === 'string') return invalid(`Invalid file format. Line ${number}: ${example}`);
    examples++;
    tokens += Math.min(options.maxExampleTokens, exampleTokens(example));
    if (example.some((message) => flaggedCategories(messageText(message)).length > 0)) flagged++;
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

/** The messages of one line, or what is wrong with it. */
function readExample(text: string): JsonObject[] | string {
  let example: unknown;
  try {
    example = JSON.parse(text);
  } catch {
    return 'not valid JSON.';
  }
  if (!isObject(example)) return 'expected a JSON object.';
  const messages = example.messages;
  if (!Array.isArray(messages) || messages.length === 0) return 'expected a non-empty list "messages".';
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return `message ${index + 1} is not an object.`;
    if (typeof message.role !== 'string' || !ROLES.includes(message.role)) {
      return `message ${index + 1} has an unknown role ${JSON.stringify(message.role)}.`;
    }
    const calls = message.tool_calls ?? message.function_call;
    const content = message.content;
    if (typeof content !== 'string' && !Array.isArray(content) && !calls) {
      return `message ${index + 1} has no content.`;
    }
  }
  const last = messages.at(-1) as JsonObject;
  if (last.role !== 'assistant') return 'the last message must be from the assistant.';
  return messages as JsonObject[];
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
