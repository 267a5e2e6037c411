import { createHash } from 'node:crypto';
import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { RunConfig } from '../../contract/config.ts';
import type { Batches } from '../../platforms/platform.ts';
import { type AnswerSettings, answerKey, type KnownAnswers } from '../answers.ts';
import { type Questions, questionsOf } from '../questions.ts';

/** A model's questions. */
export interface BatchInput extends Questions {
  connection: string;
  model: string;
  evaluation: RunConfig['evaluation'];
  seed: number;
  /** Of the run, and what the model is in it: what is made at the platform bears it. */
  key: string;
  runName: string;
  /** Milliseconds since the epoch: no batch of this run can be older. */
  since: number;
  /** Seconds between two looks. */
  pollSeconds: number;
}

/** As many questions as one batch takes, and what is at the platform for them. */
export interface Part {
  key: string;
  /** Those of the questions that nobody has answered yet, in the platform's words. */
  file: ArtifactRef;
  questions: number;
  fileId?: string;
  /** The first is the one that is asked; others only something on the way can have made. */
  batchIds?: string[];
}

export function settingsOf({ connection, model, seed, evaluation }: BatchInput): AnswerSettings {
  return { connection, model, seed, maxOutputTokens: evaluation.maxOutputTokens };
}

/** What the keys of the parts begin with: of other questions, or of another model, it is another. */
export function keyPrefix(input: BatchInput): string {
  const { key, test, shown, evaluation } = input;
  const asked = [settingsOf(input), test.sha256, shown?.sha256 ?? null, evaluation.maxExamples ?? null];
  const hash = createHash('sha256').update(JSON.stringify(asked)).digest('hex');
  return `${key}-batch-${hash.slice(0, 16)}-`;
}

/**
 * Writes the files of a model's questions, each question once. Which part a question belongs to does not hang on what is
 * known already: an attempt that knows more finds the batches of the one before it.
 */
export async function writeParts(
  store: ArtifactStore,
  { line, mostBytes, mostRequests }: Batches,
  known: KnownAnswers,
  input: BatchInput,
): Promise<Part[]> {
  const settings = settingsOf(input);
  const prefix = keyPrefix(input);
  const parts: Part[] = [];
  const questions = questionsOf(store, input);
  const written = new Set<string>();
  let next = await questions.next();

  async function* nextPart(part: Part): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for (let count = 0; !next.done && count < mostRequests; count++) {
      const { messages, tools } = next.value;
      const id = answerKey(settings, { messages, tools });
      const { model, seed, maxOutputTokens } = settings;
      const text = Buffer.from(`${line(id, { model, messages, tools, seed, maxOutputTokens })}\n`);
      bytes += text.length;
      if (bytes > mostBytes && count > 0) return;
      if (!written.has(id) && (await known.find(id)) === undefined) {
        part.questions += 1;
        yield text;
      }
      written.add(id);
      next = await questions.next();
    }
  }

  while (!next.done) {
    const part: Part = { key: `${prefix}${parts.length}`, file: nothing, questions: 0 };
    part.file = await store.put(nextPart(part));
    parts.push(part);
  }
  return parts;
}

const nothing: ArtifactRef = { sha256: '', bytes: 0, uri: '' };
