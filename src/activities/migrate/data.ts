import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { Method } from '../../contract/config.ts';
import { readQuestions } from '../../datasets/index.ts';
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

/** Lines as they are written, blank ones left out: questions come one a line that holds something. */
async function* linesNotAsked(
  store: ArtifactStore,
  train: ArtifactRef,
  asked: ReadonlySet<string>,
  method: Method,
): AsyncGenerator<Uint8Array> {
  const questions = readQuestions(store.read(train), method);
  for await (const line of textLines(store.read(train))) {
    const { value: question } = await questions.next();
    if (question && !asked.has(questionKey(question.messages))) yield Buffer.from(`${line}\n`);
  }
  await questions.return(undefined);
}

async function* textLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}
