import { createHash } from 'node:crypto';
import type { Method } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { type ReadExample, readExamples } from '../examples/examples.ts';
import { type Format, formats } from '../examples/formats.ts';
import { questionOf, referenceOf } from '../examples/reference.ts';
import { shown } from '../problem.ts';
import { canonicalJson } from '../reading/json.ts';
import { readLines } from '../reading/source.ts';
import type { ChatMessage } from '../shapes.ts';
import type { TokenCounter } from '../tokens.ts';
import { groupOf, type SplitFields, timeOf } from './fields.ts';
import { type Likeness, likenesses } from './near.ts';
import { type Template, templateCounter } from './template.ts';

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
  /** Equal for examples with the same answer. */
  answer: string;
  tokens: number;
  /** Of what a model reads at once. */
  longest: number;
  answerTokens: number;
  /** Where the split is by a field: its group, and its time. */
  group?: string | undefined;
  time?: number | undefined;
}

export interface EntryOptions {
  method: Method;
  counter: TokenCounter;
  /** Left aside where it is told what examples are like: those of all files that are compared. */
  templates: readonly Template[];
  fields?: SplitFields | undefined;
  signal?: AbortSignal | undefined;
}

/** Reads a file once. Throws `invalid_data` at the first line that is no example, or lacks a field that is asked for. */
export async function readEntries(
  path: string,
  { method, counter, templates, fields = {}, signal }: EntryOptions,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const format = formats[method];
  const likenessOf = likenesses(templates);
  const add = ({ line, example, problems }: ReadExample): void => {
    const error = problems.find(({ severity }) => severity === 'error');
    if (error) {
      const advice = `Mend it; \`tunewright validate ${path}\` lists all there is to mend.`;
      throw unsplittable(path, error.line ?? 1, error.message, advice);
    }
    if (!line || !example) return;
    const { number, offset, length } = line;
    const { prompt, reference } = referenceOf(example.chat);
    const { tokens, longest } = counter.example(example);
    const { groupBy, timeBy } = fields;
    const answer = format.answer(example);
    const has = <T>(value: T | undefined, field: string, what: string): T => {
      if (value !== undefined) return value;
      throw unsplittable(
        path,
        number,
        `it has no field ${shown(field)} that is ${what}.`,
        'Give every line the field, or split without it.',
      );
    };
    entries.push({
      ...(groupBy ? { group: has(groupOf(example.chat, groupBy), groupBy, 'a text or a number') } : {}),
      ...(timeBy ? { time: has(timeOf(example.chat, timeBy), timeBy, 'a time') } : {}),
      line: number,
      offset,
      length,
      prompt: promptKey(prompt),
      likeness: likenessOf(prompt, answer),
      answer: digest(answer),
      tokens,
      longest,
      answerTokens: counter.text(reference),
    });
  };
  for await (const list of readExamples(readLines(path, { signal }), format)) {
    for (const read of list) add(read);
  }
  return entries;
}

/**
 * What stands with nearly all questions of each file; one that has no such thing is not read to its end. Lines that are no
 * examples are passed over.
 */
export async function templatesOf(
  paths: readonly string[],
  { method, signal }: Pick<EntryOptions, 'method' | 'signal'>,
): Promise<Template[]> {
  const templates: Template[] = [];
  for (const path of paths) templates.push(await templateOf(path, formats[method], signal));
  return templates;
}

async function templateOf(path: string, format: Format, signal: AbortSignal | undefined): Promise<Template> {
  const counter = templateCounter();
  for await (const list of readExamples(readLines(path, { signal }), format)) {
    for (const { example } of list) {
      if (example && !counter.add(questionOf(referenceOf(example.chat).prompt))) return counter.result();
    }
  }
  return counter.result();
}

function unsplittable(path: string, line: number, why: string, advice: string): TunewrightError {
  return new TunewrightError('invalid_data', `${path} cannot be split or compared: line ${line}: ${why}`, { advice });
}

/** Equal for what asks the same. */
export function promptKey(prompt: readonly unknown[]): string {
  return digest(canonicalJson((prompt as readonly ChatMessage[]).map(asAsked)));
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
