import type { Comparison } from '../contract/evaluation.ts';
import { answersCounted, type Confusion, type Rival, type RivalRole, type SlicedBy } from '../contract/verdict.ts';
import { createConfusionTable } from './confusions.ts';
import { differ, type GradedModel, incomplete, inStep, nothingToCompare } from './in-step.ts';
import { createPairing } from './pairing.ts';
import type { Prediction } from './prediction.ts';
import { createSlicer } from './slices.ts';
import { holm } from './statistics.ts';

export interface GradedRival extends GradedModel {
  role: RivalRole;
}

/** An example that the base model got right and the tuned model wrong; `tuned` is absent when it gave no answer. */
export interface Regression {
  index: number;
  /** What was asked last; filled in from the held-out file. */
  question?: string;
  reference: string;
  base: string;
  tuned?: string;
  /** What the champion answered, where there is one. */
  champion?: string;
}

/** Models on the same examples: what crosses Temporal is `comparison`, the rest belongs in the report. */
export interface ComparedModels {
  /** With the base model. */
  comparison: Comparison;
  /** With every other model, the base among them. */
  rivals: Rival[];
  /** Different right answers of the examples, 100 at most; absent where none has one. */
  answers?: number;
  /** By reference where references are labels, and by every field named. */
  slices: SlicedBy[];
  /** Fields that were named and tell nothing of parts of the examples: over 100 values, or none that occurs twice. */
  unsliced?: string[];
  /** Of the tuned model; empty when the references are no labels. */
  confusions: Confusion[];
  /** Examples that the base model, or the champion where there is one, got right: the first 20 by index. */
  regressions: Regression[];
}

export interface CompareOptions {
  /** Makes intervals repeatable. */
  seed: number;
  /** Of intervals of differences. */
  confidence: number;
}

const regressionsKept = 20;

/**
 * Compares a tuned model with others, the base first, example by example.
 *
 * Throws `evaluation_incomplete` unless all have predictions for the same examples in the same order, and as many as
 * their evaluations count.
 */
export async function compare(
  tuned: GradedModel,
  others: readonly [GradedRival, ...GradedRival[]],
  { seed, confidence }: CompareOptions,
): Promise<ComparedModels> {
  const against = others.some(({ role }) => role === 'champion') ? 'champion' : 'base';
  const pairings = others.map(() => createPairing());
  const byReference = createSlicer(against);
  const byField = new Map<string, ReturnType<typeof createSlicer>>();
  const confusions = createConfusionTable();
  const regressions: Regression[] = [];
  const references = new Set<string>();
  let examples = 0;
  for await (const [after, ...before] of inStep([tuned, ...others])) {
    // What repeats an example is no further evidence.
    if (after.repeats !== undefined) continue;
    examples += 1;
    if (after.reference !== '' && references.size < answersCounted) references.add(after.reference);
    const answers = new Map(others.map(({ role }, at) => [role, before[at] as Prediction]));
    for (const [at, pairing] of pairings.entries()) pairing.add(before[at] as Prediction, after);
    byReference.add(after.reference, after, answers);
    for (const [field, value] of Object.entries(after.slices ?? {})) {
      const slicer = byField.get(field) ?? createSlicer(against);
      byField.set(field, slicer);
      slicer.add(value, after, answers);
    }
    // What has no grade is neither right nor wrong.
    if (after.grading) continue;
    if (!after.passed && after.output !== undefined) confusions.add(after.reference, after.output);
    const other = answers.get(against);
    if (other?.passed && !other.grading && !after.passed && regressions.length < regressionsKept) {
      regressions.push(regression(answers, after));
    }
  }
  if (examples === 0) throw nothingToCompare(tuned.evaluation.model);
  for (const { evaluation } of [tuned, ...others]) {
    if (evaluation.examples === examples) continue;
    throw differ(
      `${evaluation.model} was evaluated on ${evaluation.examples} examples, its predictions are ${examples}.`,
    );
  }

  if (pairings.some((pairing) => pairing.graded === 0)) throw nothingGraded(examples);
  const results = pairings.map((pairing) => pairing.result(seed, confidence));
  const adjusted = holm(results.map(({ pValue }) => pValue));
  const [base] = others;
  const [baseResult] = results as [(typeof results)[number]];
  const labels = byReference.sliced('reference');
  const tables = [...byField].map(([field, slicer]) => ({ field, table: slicer.sliced(field) }));
  const fields = tables.flatMap(({ table }) => table ?? []);
  const unsliced = tables.flatMap(({ field, table }) => (table ? [] : [field]));
  return {
    comparison: { base: base.evaluation, tuned: tuned.evaluation, confidence, ...baseResult },
    rivals: others.map(({ role, evaluation }, at) => ({
      role,
      evaluation,
      ...(results[at] as (typeof results)[number]),
      adjustedPValue: adjusted[at] as number,
    })),
    ...(references.size > 0 ? { answers: references.size } : {}),
    slices: [...(labels ? [labels] : []), ...fields],
    ...(unsliced.length > 0 ? { unsliced } : {}),
    confusions: labels ? confusions.rows() : [],
    regressions,
  };
}

function regression(answers: ReadonlyMap<RivalRole, Prediction>, after: Prediction): Regression {
  const { index, reference } = after;
  const champion = answers.get('champion')?.output;
  return {
    index,
    reference,
    base: answers.get('base')?.output ?? '',
    ...(after.output === undefined ? {} : { tuned: after.output }),
    ...(champion === undefined ? {} : { champion }),
  };
}

function nothingGraded(examples: number): Error {
  return incomplete(
    `On none of the ${examples} held-out examples could the answers of both models be graded.`,
    'Mend evaluation.grader and start the run again; the predictions tell the reason of each example.',
  );
}
