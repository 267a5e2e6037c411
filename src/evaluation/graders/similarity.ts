import type { ConfigOf, Metric } from '../../contract/graders.ts';
import { bleu, gleu } from '../metrics/bleu.ts';
import { fuzzyRatio } from '../metrics/fuzzy.ts';
import { meteor } from '../metrics/meteor.ts';
import { rougeL, rougeN } from '../metrics/rouge.ts';
import { rougeTokens } from '../metrics/tokens.ts';
import type { GraderContext } from './context.ts';
import { cannotGrade, type Grader, scored, textGrader } from './grader.ts';
import { embeddingModel } from './models.ts';

/** How alike an answer and its reference are, in [0, 1]. */
type Similarity = (answer: string, reference: string) => number;

const similarities: Readonly<Record<Exclude<Metric, 'cosine'>, Similarity>> = {
  fuzzy_match: fuzzyRatio,
  bleu,
  gleu,
  meteor,
  rouge_1: (answer, reference) => rougeN(answer, reference, 1),
  rouge_2: (answer, reference) => rougeN(answer, reference, 2),
  rouge_3: (answer, reference) => rougeN(answer, reference, 3),
  rouge_4: (answer, reference) => rougeN(answer, reference, 4),
  rouge_5: (answer, reference) => rougeN(answer, reference, 5),
  rouge_l: rougeL,
};

function readByRouge(reference: string): void {
  if (rougeTokens(reference).length > 0) return;
  throw cannotGrade(
    'ROUGE reads Latin letters and digits only, and the reference has none.',
    'Take another metric for other scripts, such as fuzzy_match or cosine.',
  );
}

export function textSimilarity(config: ConfigOf<'text_similarity'>, context: GraderContext): Grader {
  const { input, reference, evaluation_metric: metric, pass_threshold: threshold } = config;
  if (metric === 'cosine') return cosine(config, context);
  const similarity = similarities[metric];
  const comparable = metric.startsWith('rouge') ? readByRouge : undefined;
  const judge = (texts: { input: string; reference: string }) => {
    comparable?.(texts.reference);
    return scored(similarity(texts.input, texts.reference), threshold);
  };
  return textGrader({ input, reference }, judge, comparable);
}

/** The cosine of two embeddings; below 0 is as unlike as can be. */
function cosine(config: ConfigOf<'text_similarity'>, context: GraderContext): Grader {
  const { input, reference, pass_threshold: threshold, connection, model = embeddingModel } = config;
  return textGrader({ input, reference }, async (texts, { grading: { remote, count } }) => {
    // The platform takes no empty text.
    if (texts.input.trim() === '') return scored(0, threshold, 'The answer is empty.');
    const request = { connection, model, texts: [texts.input, texts.reference] };
    const { vectors, use } = await remote(request, (signal) => context.embed(request, signal));
    count(use);
    const [said, hoped] = vectors;
    if (!said || !hoped) throw cannotGrade('The embedding of a text is missing.', 'Look at the platform.');
    return scored(Math.max(0, dot(said, hoped) / Math.sqrt(dot(said, said) * dot(hoped, hoped))), threshold);
  });
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}
