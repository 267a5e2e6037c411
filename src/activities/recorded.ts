import { createHash } from 'node:crypto';
import type { ArtifactStore } from '../artifacts/index.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import type { Method } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import { readQuestions } from '../datasets/index.ts';
import { decodePredictions } from '../evaluation/index.ts';

/** What a model has answered while it lived. */
export interface Recorded {
  /** The examples that it was asked, JSON lines. */
  heldOut: ArtifactRef;
  /** A `Prediction` for each, in their order. */
  answers: ArtifactRef;
}

export interface RecordedAnswer {
  text: string;
  inputTokens: number;
  outputTokens: number;
}

/** Looks answers up by what was asked. What it makes throws `refused` for a question of which no answer was recorded. */
export async function recordedAnswers(
  store: ArtifactStore,
  { heldOut, answers }: Recorded,
  method: Method,
): Promise<(messages: readonly unknown[]) => RecordedAnswer> {
  const byQuestion = new Map<string, RecordedAnswer>();
  const predictions = decodePredictions(store.read(answers));
  for await (const { messages } of readQuestions(store.read(heldOut), method)) {
    const { value: prediction } = await predictions.next();
    if (!prediction) break;
    if (prediction.output === undefined) continue;
    // Nothing is asked again: it costs nothing.
    byQuestion.set(questionKey(messages), { text: prediction.output, inputTokens: 0, outputTokens: 0 });
  }
  await predictions.return(undefined);
  return (messages) => {
    const answer = byQuestion.get(questionKey(messages));
    if (answer) return answer;
    throw new TunewrightError('refused', 'No answer to this question was recorded while the model lived.', {
      advice: 'Nothing can be done for a model that is dead; others are asked in time by `tunewright adopt --budget`.',
    });
  };
}

/** Equal for examples that ask the same. */
export function questionKey(messages: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(messages)).digest('base64');
}
