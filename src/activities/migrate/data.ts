import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { Method } from '../../contract/config.ts';
import { readQuestionLines, readQuestions } from '../../datasets/index.ts';
import { questionKey } from '../recorded.ts';

/** What of a file is not asked in the other one: a new model must not learn what it is tested on. */
export async function withoutAsked(
  store: ArtifactStore,
  train: ArtifactRef,
  heldOut: ArtifactRef,
  method: Method,
): Promise<ArtifactRef> {
  const asked = new Set<string>();
  for await (const { messages } of readQuestions(store.read(heldOut), method)) asked.add(questionKey(messages));
  return await store.put(linesNotAsked(store, train, asked, method));
}

async function* linesNotAsked(
  store: ArtifactStore,
  train: ArtifactRef,
  asked: ReadonlySet<string>,
  method: Method,
): AsyncGenerator<Uint8Array> {
  for await (const { question, text } of readQuestionLines(store.read(train), method)) {
    if (!asked.has(questionKey(question.messages))) yield Buffer.from(`${text}\n`);
  }
}
