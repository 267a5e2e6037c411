import type { ArtifactStore } from '../artifacts/index.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import type { Method, RunConfig } from '../contract/config.ts';
import type { Comparison, ModelEvaluation } from '../contract/evaluation.ts';
import type { Rival, RivalRole, Verdict } from '../contract/verdict.ts';
import { askedText, readQuestions } from '../datasets/index.ts';
import { type ComparedModels, compare, gradedModel, judge, type Regression } from '../evaluation/index.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { learntBy } from './learnt.ts';

export interface CompareInput {
  connection: string;
  method: Method;
  test: ArtifactRef;
  gate: RunConfig['gate'];
  seed: number;
  tuned: ModelEvaluation;
  /** The base model first. */
  rivals: { role: RivalRole; evaluation: ModelEvaluation }[];
  /** What it has to be compared with: a rival that could not be asked passes no rule. */
  expected: RivalRole[];
  /** The version in service, where the champion is one. */
  champion?: { model: string; version: number } | undefined;
  /** Share of the held-out examples that training asks too; runs begun before it was told lack it. */
  seen?: number;
  /** Of the base model, YYYY-MM-DD: what is tuned from it lives no longer. */
  shutdownDate?: string | undefined;
}

export interface Compared {
  comparison: Comparison;
  /** Without their evaluations, which the run has. */
  rivals: Omit<Rival, 'evaluation'>[];
  verdict: Verdict;
  /** JSON of a `ComparedModels`: what quotes the data stays out of a history. */
  details: ArtifactRef;
}

const dayMs = 86_400_000;
const thousand = 1_000;
const million = 1_000_000;

export function compareActivities(dependencies: Dependencies) {
  const { platforms, store } = dependencies;

  async function compareModels(input: CompareInput): Promise<Compared> {
    const { gate, seed, tuned, shutdownDate, champion, test, method } = input;
    const examples = tuned.examples + (tuned.repeated ?? 0);
    const [base, ...others] = input.rivals.map(({ role, evaluation }) => ({ role, ...gradedModel(store, evaluation) }));
    if (!base) throw new Error('A tuned model is compared with its base at least.');
    const compared = await compare(gradedModel(store, tuned), [base, ...others], { seed, confidence: gate.confidence });
    const regressions = await withQuestions(store, input, compared.regressions);
    const verdict = judge(gate, {
      rivals: compared.rivals,
      expected: input.expected,
      tuned,
      answers: compared.answers,
      slices: compared.slices,
      unsliced: compared.unsliced,
      seen: input.seen,
      learnt:
        champion &&
        (await learntBy(dependencies, (kept) => kept.getVersion(champion.model, champion.version), {
          test,
          method,
          examples,
        })),
      usdPer1000: usdPer1000(tuned),
      lifeDays: shutdownDate ? (Date.parse(shutdownDate) - Date.now()) / dayMs : Number.POSITIVE_INFINITY,
    });
    return {
      comparison: compared.comparison,
      rivals: compared.rivals.map(({ evaluation: _, ...rival }) => rival),
      verdict,
      details: await store.put(JSON.stringify({ ...compared, regressions } satisfies ComparedModels)),
    };

    /** Unknown where models are billed by the hour they stand. */
    function usdPer1000({
      model,
      examples,
      repeated = 0,
      errors,
      inputTokens,
      outputTokens,
    }: ModelEvaluation): number | undefined {
      const platform = platforms.get(input.connection);
      const prices = platform.deployments ? undefined : platform.catalogueEntry(model)?.prices;
      if (!prices) return undefined;
      // What gave no answer has cost nothing, and tells nothing of what answers cost.
      const answered = examples + repeated - errors;
      return ((inputTokens * prices.input + outputTokens * prices.output) / million / answered) * thousand;
    }
  }

  return {
    /** Compares the tuned model with the others on the same examples, and judges it by the rules of its gate. */
    async compareModels(input: CompareInput): Promise<Compared> {
      return await beating(
        () => ({}),
        async () => await compareModels(input),
      );
    },
  };
}

/** What the last user message of each asked: people judge a wrong answer by its question. */
export async function withQuestions(
  store: ArtifactStore,
  { test, method }: Pick<CompareInput, 'test' | 'method'>,
  regressions: Regression[],
): Promise<Regression[]> {
  const left = new Map(regressions.map((regression) => [regression.index, regression]));
  const told: Regression[] = [];
  if (left.size === 0) return told;
  for await (const { index, messages } of readQuestions(store.read(test), method)) {
    const regression = left.get(index);
    if (!regression) continue;
    left.delete(index);
    told.push({ ...regression, question: askedText(messages) });
    if (left.size === 0) break;
  }
  return told;
}
