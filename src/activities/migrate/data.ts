import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { Method } from '../../contract/config.ts';
import { TunewrightError } from '../../contract/errors.ts';
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

/** How many examples of the one file are asked in the other one too. */
export async function askedIn(
  store: ArtifactStore,
  heldOut: ArtifactRef,
  train: ArtifactRef,
  method: Method,
): Promise<number> {
  const asking = new Map<string, number>();
  for await (const { messages } of readQuestions(store.read(heldOut), method)) {
    const key = questionKey(messages);
    asking.set(key, (asking.get(key) ?? 0) + 1);
  }
  let examples = 0;
  for await (const { messages } of readQuestions(store.read(train), method)) {
    const key = questionKey(messages);
    examples += asking.get(key) ?? 0;
    asking.delete(key);
  }
  return examples;
}

/** What is wrong with data is told where every line of them is looked at. */
export async function unlessInvalid<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TunewrightError && error.code === 'invalid_data') return undefined;
    throw error;
  }
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
