import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import { splitLines } from '../../datasets/reading/lines.ts';
import type { Batches, ChatAnswer, RemoteBatch } from '../../platforms/platform.ts';
import type { KnownAnswers } from '../answers.ts';

/** What a model has answered by batch. */
export interface BatchAnswers {
  /** JSON lines, each an answer under the key of what was asked. */
  answers: ArtifactRef;
  used: { examples: number; inputTokens: number; outputTokens: number };
  /** What the platform said of those that it did not begin. */
  problems: string[];
  /** The platform's files of them, its own among them. */
  fileIds: string[];
}

interface Answered {
  id: string;
  answer: ChatAnswer;
}

/** So many are kept at once. */
const keptAtOnce = 500;

/** Keeps what batches that have ended were answered: here, and for later evaluations. */
export async function collect(
  store: ArtifactStore,
  known: KnownAnswers,
  batches: Batches,
  ended: readonly RemoteBatch[],
  signal: AbortSignal,
): Promise<BatchAnswers> {
  const used = { examples: 0, inputTokens: 0, outputTokens: 0 };
  async function* lines(): AsyncGenerator<Uint8Array> {
    for (const batch of ended) {
      for await (const { id, answer } of batches.answers(batch, signal)) {
        used.examples += 1;
        used.inputTokens += answer.inputTokens;
        used.outputTokens += answer.outputTokens;
        known.add(id, answer);
        if (used.examples % keptAtOnce === 0) await known.keep();
        yield Buffer.from(`${JSON.stringify({ id, answer } satisfies Answered)}\n`);
      }
    }
    await known.keep();
  }
  const answers = await store.put(lines());
  const problems = ended.flatMap(({ id, error }) => (error ? [`${id}: ${error.message} (${error.code})`] : []));
  return { answers, used, problems, fileIds: ended.flatMap(({ fileIds }) => fileIds) };
}

/** Looks up what was answered by batch: `batched` the first time, for it was paid once; `cached` when it is asked again. */
export async function batchAnswers(
  store: ArtifactStore,
  ref: ArtifactRef,
): Promise<(key: string) => (ChatAnswer & { batched?: true; cached?: true }) | undefined> {
  const answers = new Map<string, ChatAnswer>();
  for await (const found of splitLines(store.read(ref))) {
    for (const one of found) {
      if (!('line' in one)) continue;
      const { id, answer } = JSON.parse(one.line.text) as Answered;
      answers.set(id, answer);
    }
  }
  const paid = new Set<string>();
  return (key) => {
    const answer = answers.get(key);
    if (!answer) return undefined;
    if (paid.has(key)) return { ...answer, cached: true };
    paid.add(key);
    return { ...answer, batched: true };
  };
}
