import type { Try } from '../../contract/tries.ts';

/** A try whose model has answered the validation examples. */
export interface Candidate {
  /** From 1, in the order of the configuration. */
  number: number;
  shown: Try;
  /** Share of the validation examples that it passed. */
  score: number;
  /** What all of them cost to ask at list prices, US dollars. */
  askingUsd: number;
}

/**
 * The best by score; among equals the one that is cheaper to ask, then the one that was cheaper to train, then the first.
 * Marks each as chosen or not, with the reason.
 */
export function chooseOf(candidates: readonly Candidate[]): Candidate {
  const order = candidates.toSorted((one, other) => differences(one, other).find((by) => by !== 0) ?? 0);
  const [best, second] = order as [Candidate, Candidate | undefined];
  for (const one of candidates) {
    one.shown.chosen = one === best;
    one.shown.says = one === best ? whyChosen(best, second) : whyNot(one, best);
  }
  return best;
}

/** Below 0 where the first is to be preferred: by score, price of asking, price of training. */
function differences(one: Candidate, other: Candidate): [score: number, asking: number, training: number] {
  const trainingUsd = ({ shown }: Candidate) => shown.cost.trainingUsd ?? shown.cost.estimatedUsd;
  return [other.score - one.score, one.askingUsd - other.askingUsd, trainingUsd(one) - trainingUsd(other)];
}

function whyChosen(best: Candidate, second: Candidate | undefined): string {
  if (!second) return 'The only one whose model answered.';
  const [score, asking, training] = differences(best, second);
  if (score !== 0) return 'The best on the validation examples.';
  const better = asking !== 0 ? 'is cheaper to ask' : training !== 0 ? 'was cheaper to train' : 'was named first';
  return `As good as ${second.shown.name} on the validation examples, and it ${better}.`;
}

function whyNot(one: Candidate, best: Candidate): string {
  const { name } = best.shown;
  const [score, asking, training] = differences(best, one);
  if (score !== 0) return `${(-score * 100).toFixed(1)} points below ${name} on the validation examples.`;
  const worse = asking !== 0 ? 'is dearer to ask' : training !== 0 ? 'was dearer to train' : 'was named later';
  return `As good as ${name} on the validation examples, and it ${worse}.`;
}
