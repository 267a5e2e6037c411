import type { ArtifactStore } from '../artifacts/index.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import type { Method, RunConfig } from '../contract/config.ts';
import { type HeldOutQuestion, readQuestions, sliceOf } from '../datasets/index.ts';
import { type Question, withShown } from '../evaluation/index.ts';
import { questionKey } from './recorded.ts';

export interface Questions {
  /** What the model was trained by: the held-out examples are of its format. */
  method: Method;
  /** The examples that are asked, JSON lines. */
  test: ArtifactRef & { examples: number };
  /** Messages that are shown before each question: a JSON array. */
  shown?: ArtifactRef | undefined;
  evaluation: Pick<RunConfig['evaluation'], 'maxExamples' | 'slices'>;
}

/** A held-out example as the model is asked it, with what it is shown. */
export type AskedQuestion = HeldOutQuestion & Pick<Question, 'slices' | 'repeats'>;

/** How many of the examples are asked. */
export function countOf({ test, evaluation }: Questions): number {
  return Math.min(test.examples, evaluation.maxExamples ?? test.examples);
}

export async function* questionsOf(store: ArtifactStore, asked: Questions): AsyncGenerator<AskedQuestion> {
  const fields = asked.evaluation.slices;
  const shown = asked.shown ? (JSON.parse(await store.readText(asked.shown)) as unknown[]) : [];
  const repeatOf = repeatFinder();
  let left = countOf(asked);
  for await (const question of readQuestions(store.read(asked.test), asked.method)) {
    if (left-- <= 0) return;
    const slices = Object.fromEntries(fields.map((field) => [field, sliceOf(question.item, field)]));
    const messages = withShown(question.messages, shown);
    const repeats = repeatOf(question);
    yield {
      ...question,
      messages,
      ...(fields.length === 0 ? {} : { slices }),
      ...(repeats === undefined ? {} : { repeats }),
    };
  }
}

/** Finds the example before one that asks and answers the same. */
function repeatFinder(): (question: HeldOutQuestion) => number | undefined {
  const seen = new Map<string, number>();
  return ({ index, messages, tools, answer, item }) => {
    const key = questionKey([messages, tools ?? [], answer, item.reference]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    return first;
  };
}
