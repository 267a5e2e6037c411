import type { ArtifactRef } from '../contract/artifact.ts';
import type { Method } from '../contract/config.ts';
import { readQuestions } from '../datasets/index.ts';
import { chooseShown, isInstruction, type ShownExample } from '../evaluation/index.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';

export interface ChoosePromptInput {
  method: Method;
  /** The training examples, JSON lines. */
  train: ArtifactRef;
  /** How many are shown. */
  examples: number;
  seed: number;
}

export function promptActivities({ store }: Dependencies) {
  return {
    /** Chooses the training examples that the base model is shown in its prompt: a JSON array of messages. */
    async choosePrompt({ method, train, examples, seed }: ChoosePromptInput): Promise<ArtifactRef> {
      return await beating(
        () => ({}),
        async () => {
          const shown = await chooseShown(examplesOf(store.read(train), method), examples, seed);
          const messages = shown.flatMap(({ turns }) => turns);
          return await store.put(JSON.stringify(messages));
        },
      );
    },
  };
}

async function* examplesOf(bytes: AsyncIterable<Uint8Array>, method: Method): AsyncGenerator<ShownExample> {
  for await (const { messages, answer, item } of readQuestions(bytes, method)) {
    const asked = messages.filter((message) => !isInstruction(message));
    yield { turns: [...asked, answer], answer: item.reference };
  }
}
