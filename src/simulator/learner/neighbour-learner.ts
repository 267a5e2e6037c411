import { createJudge, type Evidence, scoreEvidence } from './evidence.ts';
import type { Sample } from './examples.ts';
import type { Learner, Score } from './learner.ts';
import { MAX_REMEMBERED, type Neighbours, nearest, neighboursOf } from './neighbours.ts';
import { type Compared, preferenceScore } from './preference.ts';
import { sampleOf, type TrainingSet } from './training-set.ts';

const RATE = 0.3;
const INITIAL_SHARPNESS = 10;
const LEAST_SHARPNESS = 1;
const GREATEST_SHARPNESS = 200;

/**
 * What a training on `set` starts with: the latest of what `earlier` remembers, as much as fits, and then the set. Of
 * pairs the preferred answers are remembered, and answers that are rejected and nowhere preferred forgotten.
 */
export function rememberAlso(set: TrainingSet, earlier?: Neighbours): Neighbours {
  const kept = set.inputs.slice(0, MAX_REMEMBERED);
  const preferred = new Set(set.targets);
  const forgotten = new Set(set.rejected.filter((place) => !preferred.has(place)).map((at) => set.completions[at]));
  const known = (earlier?.inputs ?? []).map((input, row) => {
    return { input, completion: earlier?.completions[earlier.targets[row] ?? 0] ?? '' };
  });
  const left = known.filter(({ completion }) => !forgotten.has(completion));
  const before = left.slice(Math.max(0, left.length - (MAX_REMEMBERED - kept.length)));
  const both = [...(earlier?.completions ?? []), ...set.completions];
  const completions = [...new Set(both)].filter((completion) => !forgotten.has(completion));
  const places = new Map(completions.map((completion, place) => [completion, place]));
  const added = set.targets.slice(0, kept.length).map((target) => set.completions[target] ?? '');
  const answers = [...before.map(({ completion }) => completion), ...added];
  return neighboursOf({
    sharpness: earlier?.sharpness ?? INITIAL_SHARPNESS,
    completions,
    inputs: [...before.map(({ input }) => input), ...kept],
    targets: Uint32Array.from(answers, (completion) => places.get(completion) ?? 0),
  });
}

/** What an example's neighbours say for its completion, and for the rejected one of a pair. */
interface Case {
  wanted: Evidence[];
  rejected: Evidence[];
  /** By how much the model compared with prefers the one to the other. */
  margin: number;
}

/**
 * Learns how steeply to weigh neighbours, each training example being answered from the others. The set's examples
 * must be the last that `initial` remembers. With `compared` it does so by direct preference optimisation, in which an
 * answer is as likely as the neighbours' answers fit it; what else pairs teach is what is remembered and forgotten.
 */
export function neighbourLearner(initial: Neighbours, set: TrainingSet, compared?: Compared): Learner {
  const examples = Math.min(set.inputs.length, MAX_REMEMBERED);
  const first = initial.inputs.length - examples;
  const judge = createJudge();
  const cached: Case[] = [];
  let model = initial;

  const caseOf = (sample: Sample, except?: number): Case => {
    const neighbours = nearest(model, sample.input, except);
    const evidenceFor = (completion: string) => judge(model, neighbours, completion);
    return {
      wanted: evidenceFor(sample.completion),
      rejected: sample.rejected === undefined ? [] : evidenceFor(sample.rejected),
      margin: compared?.margin(sample) ?? 0,
    };
  };
  const caseOfRow = (row: number): Case => {
    const found = cached[row] ?? caseOf(sampleOf(set, row), first + row);
    cached[row] = found;
    return found;
  };
  const score = (found: Case): Score & { slope: number } => {
    const wanted = scoreEvidence(found.wanted, model.sharpness);
    if (!compared) return wanted;
    const rejected = scoreEvidence(found.rejected, model.sharpness);
    const { loss, accuracy, pull } = preferenceScore(rejected.loss - wanted.loss - found.margin, compared.beta);
    return { loss, accuracy, slope: pull * (wanted.slope - rejected.slope) };
  };

  return {
    examples,
    trainBatch(rows, rate) {
      const total = { loss: 0, accuracy: 0 };
      let slope = 0;
      for (const row of rows) {
        const scored = score(caseOfRow(row));
        total.loss += scored.loss;
        total.accuracy += scored.accuracy;
        slope += scored.slope;
      }
      const sharpness = model.sharpness * Math.exp((-RATE * rate * slope) / rows.length);
      model = { ...model, sharpness: Math.min(GREATEST_SHARPNESS, Math.max(LEAST_SHARPNESS, sharpness)) };
      return total;
    },
    evaluate: (sample) => score(caseOf(sample)),
    model: () => model,
  };
}
