import type { ArtifactRef } from '../../contract/artifact.ts';
import type { DistilPlan } from '../../contract/distillation.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { GraderConfig } from '../../contract/graders.ts';
import type { StageProgress } from '../../contract/run.ts';
import { type HeldOutQuestion, readInputs, usualEncoding } from '../../datasets/index.ts';
import { askAll } from '../../evaluation/index.ts';
import type { ChatAnswer } from '../../platforms/platform.ts';
import { answerKey, knownAnswers } from '../answers.ts';
import { heartbeat } from '../context.ts';
import type { Dependencies } from '../dependencies.ts';
import { openGrader, tokensUsd } from '../grading.ts';
import { type Answered, encodeAnswers, judged, readAnswers } from './answer.ts';

/** What was answered is kept batch by batch: when a worker dies the next one goes on behind the last one. */
export interface Asking extends StageProgress {
  batches: ArtifactRef[];
  /** The model answers no more. */
  died?: true;
}

/** So many answers, and those under way, are all that a death can cost: the price at most allows for it. */
const [batchSize, concurrency] = [24, 8];
/** So that a heartbeat stays a few KiB. */
const mostBatches = 50;
/** Passed by an answer that refuses. */
const refuses: GraderConfig = { type: 'refusal', expect: 'refusal', phrases: [] };

/** Asks the old model every input, once; when it dies what it has answered stays, and the rest counts as unanswered. */
export async function askInputs(
  dependencies: Dependencies,
  plan: DistilPlan,
  beat: Asking,
  signal: AbortSignal,
): Promise<void> {
  const { platforms, store, records, ending } = dependencies;
  const { connection, modelId, baseModel, deployment, seed, maxOutputTokens } = plan;
  const platform = platforms.get(connection);
  const prices = platform.catalogueEntry(baseModel)?.prices;
  const model = deployment ?? modelId;
  const evaluation = { reuseAnswers: true, grader: refuses };
  const known = knownAnswers(records, evaluation);
  const settings = { connection, model, seed, maxOutputTokens };
  const { grader, close } = openGrader(dependencies, { connection, seed, grader: refuses });
  const answers = new Map<number, ChatAnswer>();
  const remembered = <A extends ChatAnswer>(index: number, answer: A) => {
    answers.set(index, answer);
    return { ...answer, usd: tokensUsd(prices, answer) };
  };
  beat.done = await count(readAnswers(store, beat.batches));

  const asked = askAll({
    questions: questionsOf(dependencies, plan),
    startAt: beat.done,
    async known(question) {
      const answer = await known.find(answerKey(settings, question));
      return answer && remembered(question.index, answer);
    },
    async ask(question, abort) {
      if (beat.died) throw dead();
      const { index, messages, tools } = question;
      try {
        const request = { model, messages, tools, seed, maxOutputTokens, signal: abort };
        const { limits, ...answer } = await platform.chat(request);
        known.add(answerKey(settings, question), answer);
        return { ...remembered(index, answer), limits };
      } catch (error) {
        if (!isGone(error)) throw error;
        beat.died = true;
        throw dead();
      }
    },
    ...{ grader, concurrency, batchSize, signal, ending },
    async onBatch(predictions) {
      await known.keep();
      const batch: Answered[] = predictions.map(({ index, passed: refused, cached }) => {
        const answer = answers.get(index);
        answers.delete(index);
        const usd = answer && !cached ? (tokensUsd(prices, answer) ?? 0) : 0;
        return { ...judged(answer, refused), usd };
      });
      beat.batches.push(await store.put(encodeAnswers(batch)));
      if (beat.batches.length > mostBatches) {
        const all: Answered[] = [];
        for await (const answer of readAnswers(store, beat.batches)) all.push(answer);
        beat.batches = [await store.put(encodeAnswers(all))];
      }
      beat.done = (beat.done ?? 0) + batch.length;
      heartbeat(beat);
    },
  });
  await asked.finally(close);
}

async function* questionsOf(
  { platforms, store }: Dependencies,
  { connection, baseModel, inputs }: DistilPlan,
): AsyncGenerator<Omit<HeldOutQuestion, 'answer'>> {
  const { encoding = usualEncoding } = platforms.get(connection).catalogueEntry(baseModel) ?? {};
  let index = 0;
  for await (const { messages, tools } of readInputs(store.read(inputs), encoding)) {
    yield { index, messages, ...(tools ? { tools } : {}), item: { reference: '' } };
    index += 1;
  }
}

/** 404: the platform has shut it down, or somebody has deleted it. */
function isGone(error: unknown): boolean {
  return error instanceof TunewrightError && error.retry === 'never' && error.status === 404;
}

/** Counts as the refusal of one question. */
function dead(): TunewrightError {
  return new TunewrightError('refused', 'The old model does not answer any more.', { advice: 'Nothing can be done.' });
}

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let found = 0;
  for await (const _ of items) found += 1;
  return found;
}
