import { baseCandidates, NOTHING_TO_GO_ON } from './base.ts';
import { type AnswerOptions, type Candidate, choose } from './choose.ts';
import { type Classifier, classLogits } from './classifier.ts';
import { textHash } from './features.ts';
import { promptFeatures, textOf } from './messages.ts';
import { type Neighbours, nearest, neighbourShares } from './neighbours.ts';
import type { ChatMessage } from './types.ts';

/** What training makes: a classifier where completions repeat, remembered neighbours where they are free text. */
export type TunedModel = Classifier | Neighbours;

function classifierCandidates(model: Classifier, input: Uint16Array): Candidate[] {
  const logits = new Float64Array(model.labels.length);
  classLogits(model, input, logits);
  return model.labels.map((text, at) => ({ text, logit: logits[at] ?? 0 }));
}

/** The completions of an input's neighbours, each with the sum of the shares of those neighbours that hold it. */
function neighbourCandidates(model: Neighbours, input: Uint16Array): Candidate[] {
  const neighbours = nearest(model, input);
  const shares = neighbourShares(neighbours, model.sharpness);
  const sums = new Map<string, number>();
  neighbours.forEach(({ row }, at) => {
    const text = model.completions[model.targets[row] ?? 0] ?? '';
    sums.set(text, (sums.get(text) ?? 0) + (shares[at] ?? 0));
  });
  return [...sums].map(([text, share]) => ({ text, logit: Math.log(share) }));
}

function candidatesOf(model: TunedModel | undefined, messages: readonly ChatMessage[]): Candidate[] {
  if (!model) return baseCandidates(messages);
  const input = promptFeatures(messages);
  return model.kind === 'classifier' ? classifierCandidates(model, input) : neighbourCandidates(model, input);
}

/**
 * The answer of a tuned model, or of the untuned base where `model` is undefined. A learned tool call is answered as
 * `{"tool_calls":[...]}` without call ids. Never throws for odd messages: without any, it answers all the same.
 */
export function answer(
  model: TunedModel | undefined,
  messages: readonly ChatMessage[],
  options: AnswerOptions = {},
): string {
  const candidates = candidatesOf(model, messages);
  if (candidates.length === 0) return NOTHING_TO_GO_ON;
  const last = messages.at(-1);
  return choose(candidates, options, last ? textHash(textOf(last)) : 0);
}
