import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TunewrightError } from '../contract/errors.ts';
import { checkExample } from './chat.ts';
import { type Line, linesOf, longestLineBytes } from './lines.ts';
import type { Problem } from './problem.ts';
import { type Encoding, tokenCounter } from './tokens.ts';
import { isRecord } from './values.ts';

export interface InspectOptions {
  minimumExamples: number;
  /** So many problems are kept; all are counted. */
  maxProblems: number;
  /** The platform cuts longer examples. */
  maxTokensPerExample?: number;
  encoding?: Encoding;
  signal?: AbortSignal;
  onProgress?(bytesDone: number, bytesTotal: number): void;
}

/** What one pass over a data set tells. */
export interface Inspection {
  examples: number;
  tokens: number;
  /** Of the assistant messages. */
  answerTokens: number;
  /** Tokens of the longest example. */
  longest: number;
  /** The first ones, in order of lines. */
  problems: Problem[];
  errors: number;
  warnings: number;
}

const chunkBytes = 1024 * 1024;

/** Reads a chat JSONL file once, line by line, and names all that is wrong with it. Throws for UTF-16 and empty files. */
export async function inspectDataset(path: string, options: InspectOptions): Promise<Inspection> {
  const { size } = await stat(path);
  if (size === 0) {
    throw new TunewrightError('invalid_data', 'The file is empty.', { advice: 'Write one example a line, as JSON.' });
  }
  const inspector = createInspector(options);
  let done = 0;
  for await (const lines of linesOf(createReadStream(path, { highWaterMark: chunkBytes }))) {
    options.signal?.throwIfAborted();
    for (const line of lines) {
      inspector.add(line);
      done = line.start + (line.bytes?.length ?? longestLineBytes);
    }
    options.onProgress?.(Math.min(done, size), size);
  }
  return inspector.end();
}

function createInspector(options: InspectOptions) {
  const {
    minimumExamples,
    maxProblems,
    maxTokensPerExample = Number.POSITIVE_INFINITY,
    encoding = 'o200k_base',
  } = options;
  const count = tokenCounter(encoding);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const result: Inspection = {
    examples: 0,
    tokens: 0,
    answerTokens: 0,
    longest: 0,
    problems: [],
    errors: 0,
    warnings: 0,
  };
  const without = { system: 0, user: 0 };

  const report = (problem: Problem): void => {
    result[problem.severity === 'error' ? 'errors' : 'warnings'] += 1;
    if (result.problems.length < maxProblems) result.problems.push(problem);
  };
  const error = (line: number, code: string, path: string, message: string): void =>
    report({ code, severity: 'error', line, ...(path ? { path } : {}), message });

  function parse({ number, bytes }: Line & { bytes: Uint8Array }): unknown {
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      error(number, 'not_utf8', '', 'The line is not UTF-8: save the file in that encoding.');
      return undefined;
    }
    if (text.trim() === '') {
      report({ code: 'blank_line', severity: 'warning', line: number, message: 'Blank lines are left out.' });
      return undefined;
    }
    try {
      return JSON.parse(text);
    } catch (cause) {
      // V8 quotes the text around the place: only the place is told.
      const place = /position (\d+)/.exec((cause as Error).message)?.[1];
      const where = place === undefined ? '' : ` at character ${Number(place) + 1}`;
      error(number, 'invalid_json', '', `The line is not JSON${where}: each line must be one whole JSON object.`);
      return undefined;
    }
  }

  return {
    add(line: Line): void {
      const { number, bytes } = line;
      if (!bytes) {
        const limit = `${longestLineBytes / 1024 / 1024} MiB`;
        error(number, 'line_too_long', '', `The line is longer than ${limit}: is this one example a line?`);
        return;
      }
      const example = parse({ ...line, bytes });
      if (example === undefined) return;
      checkExample(example, (code, path, message) => error(number, code, path, message));
      result.examples += 1;
      const tokens = count(example);
      result.tokens += tokens.all;
      result.answerTokens += tokens.answers;
      result.longest = Math.max(result.longest, tokens.all);
      if (tokens.all > maxTokensPerExample) {
        const message = `The example has ${tokens.all} tokens, the model reads ${maxTokensPerExample}: the rest is cut.`;
        report({ code: 'example_too_long', severity: 'warning', line: number, message });
      }
      if (!hasRole(example, ['system', 'developer'])) without.system += 1;
      if (!hasRole(example, ['user'])) without.user += 1;
    },

    end(): Inspection {
      const { examples } = result;
      if (examples < minimumExamples) {
        const message = `The file has ${examples} examples, the platform takes no fewer than ${minimumExamples}.`;
        report({ code: 'too_few_examples', severity: 'error', message });
      }
      for (const [role, missing] of Object.entries(without)) {
        if (missing === 0) continue;
        const message = `${missing} of ${examples} examples have no ${role} message: is that meant?`;
        report({ code: `missing_${role}`, severity: 'warning', message });
      }
      return result;
    },
  };
}

function hasRole(example: unknown, roles: readonly string[]): boolean {
  const messages = isRecord(example) && Array.isArray(example.messages) ? example.messages : [];
  return messages.some((message) => isRecord(message) && roles.includes(String(message.role)));
}
