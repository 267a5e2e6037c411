import type { Candidate } from './choose.ts';
import { textFeatures } from './features.ts';
import { offeredLabels } from './labels.ts';
import { completionOf, isSystem, textOf } from './messages.ts';
import { buildIndex, similarities } from './similarity.ts';
import type { ChatMessage } from './types.ts';

/** What the base answers when a prompt offers no labels and shows no examples. */
export const NOTHING_TO_GO_ON =
  'I am a simulated base model: the prompt lists no labels and shows no examples, so I have nothing to go on.';

/** Turns a cosine into a logit: steep enough that a clearly better match is drawn most of the time at temperature 1. */
const SHARPNESS = 20;
/** How much a label's own words count beside an example answered with it. */
const LABEL_WEIGHT = 0.5;

interface Clue {
  answer: string;
  text: string;
  weight: number;
}

/** Earlier user messages with the assistant's answer that follows at once. */
function shownExamples(turns: readonly ChatMessage[]): Clue[] {
  return turns.slice(1).flatMap((turn, at) => {
    const before = turns[at];
    if (turn.role !== 'assistant' || before?.role !== 'user') return [];
    return [{ answer: completionOf(turn), text: textOf(before), weight: 1 }];
  });
}

/**
 * The answers an untuned model considers, from the prompt alone: labels the system prompt offers, by their words, and
 * answers of examples shown, by their questions; the best match of each kind adds up. Empty when there are neither.
 */
export function baseCandidates(messages: readonly ChatMessage[]): Candidate[] {
  const turns = messages.filter((message) => !isSystem(message));
  const labels = offeredLabels(messages.filter(isSystem).map(textOf).join('\n'));
  const examples = shownExamples(turns.slice(0, -1));
  const weight = examples.length > 0 ? LABEL_WEIGHT : 1;
  const offers = labels.map(({ label, description }) => ({ answer: label, text: description, weight }));
  const clues: Clue[] = [...offers, ...examples];
  const question = turns.at(-1);
  const index = buildIndex(clues.map(({ text }) => textFeatures(text)));
  const cosines = similarities(index, textFeatures(question ? textOf(question) : ''));
  const byLabel = new Map<string, number>();
  const byExample = new Map<string, number>();
  clues.forEach((clue, at) => {
    const best = at < offers.length ? byLabel : byExample;
    best.set(clue.answer, Math.max(best.get(clue.answer) ?? 0, clue.weight * (cosines[at] ?? 0)));
  });
  return [...new Set(clues.map((clue) => clue.answer))].map((text) => ({
    text,
    logit: SHARPNESS * ((byLabel.get(text) ?? 0) + (byExample.get(text) ?? 0)),
  }));
}
