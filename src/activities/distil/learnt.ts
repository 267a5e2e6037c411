import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { Distilled, DistilPlan } from '../../contract/distillation.ts';
import { promptKey, readInputs, readQuestionLines, usualEncoding } from '../../datasets/index.ts';
import { type Answered, readAnswers } from './answer.ts';

type Learnt = Pick<Distilled, 'answers' | 'unfit' | 'usd' | 'train'>;

/**
 * Puts the answers to the training data: each takes the place of what was learnt to the same question, the others stand
 * beside them.
 */
export async function learnt(
  store: ArtifactStore,
  { inputs, train }: DistilPlan,
  batches: readonly ArtifactRef[],
): Promise<Learnt> {
  const lines = new Map<string, { messages: readonly unknown[]; tools?: readonly unknown[] }>();
  const unfit: Distilled['unfit'] = { empty: 0, cutOff: 0, refusal: 0, unanswered: 0 };
  let usd = 0;
  const answers = readAnswers(store, batches);
  for await (const { key, messages, tools } of readInputs(store.read(inputs), usualEncoding)) {
    const { value: answer }: IteratorResult<Answered, undefined> = await answers.next();
    if (!answer) break;
    usd += answer.usd;
    if ('unfit' in answer) unfit[answer.unfit] += 1;
    else lines.set(key, { messages: [...messages, answer.message], ...(tools ? { tools } : {}) });
  }
  let examples = lines.size;
  async function* all(): AsyncGenerator<Uint8Array> {
    if (train) {
      for await (const { question, text } of readQuestionLines(store.read(train), 'supervised')) {
        if (lines.has(promptKey(question.messages))) continue;
        examples += 1;
        yield Buffer.from(`${text.trim()}\n`);
      }
    }
    for (const line of lines.values()) yield Buffer.from(`${JSON.stringify(line)}\n`);
  }
  const ref = await store.put(all());
  return { answers: lines.size, unfit, usd, train: { ...ref, examples } };
}
