import type { ArtifactStore } from '../artifacts/index.ts';
import type { ArtifactRef } from '../contract/artifact.ts';
import type { RunConfig } from '../contract/config.ts';
import { evaluationCost } from '../contract/cost.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { ModelEvaluation } from '../contract/evaluation.ts';
import type { StageProgress } from '../contract/run.ts';
import { askAll, decodePredictions, encodePredictions, summarise } from '../evaluation/index.ts';
import { answerKey, knownAnswers } from './answers.ts';
import { batchAnswers } from './batch/collect.ts';
import { beating, heartbeat, lastHeartbeat } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { deploymentsOf, untilDeployed } from './deploy.ts';
import { stillPending } from './failures.ts';
import { openGrader, tokensUsd } from './grading.ts';
import { monthsShare } from './month.ts';
import { type AskedQuestion, countOf, type Questions, questionsOf } from './questions.ts';
import { type Recorded, recordedAnswers } from './recorded.ts';

export interface EvaluateInput extends Questions {
  connection: string;
  model: string;
  /** Under which the model is asked, where models are deployed; its own is made again when it has vanished. */
  deployment?: { name: string; own: boolean } | undefined;
  /** What it answered while it lived: looked up, and nothing is asked. */
  recorded?: Recorded | undefined;
  /** What it has answered by batch: asked is what is missing. */
  batch?: ArtifactRef | undefined;
  evaluation: RunConfig['evaluation'];
  seed: number;
  /** No run counts what it costs when it ends: it is counted in the month of the connection here. */
  outsideRun?: boolean | undefined;
}

/** Answers are kept batch by batch: a killed evaluation goes on behind the last one. */
interface EvaluateHeartbeat extends StageProgress {
  batches: ArtifactRef[];
}

/** At most so many batches, so that a heartbeat stays a few KiB; at least so many answers in one. */
const mostBatches = 50;
const smallestBatch = 16;

export function evaluateActivities(dependencies: Dependencies) {
  const { platforms, store, records, ending } = dependencies;
  return {
    /** Asks one model every question and grades its answers. No answer that was kept is paid again. */
    async evaluateModel(input: EvaluateInput): Promise<ModelEvaluation> {
      const { connection, model, deployment, evaluation, seed } = input;
      const platform = platforms.get(connection);
      const prices = platform.catalogueEntry(model)?.prices;
      const total = countOf(input);
      const batchSize = Math.max(smallestBatch, Math.ceil(total / mostBatches));
      const kept = lastHeartbeat<EvaluateHeartbeat>()?.batches ?? [];
      const beat: EvaluateHeartbeat = { total, unit: 'examples', batches: kept };

      return await beating(
        () => beat,
        async (signal) => {
          if (deployment?.own) await untilDeployed(deploymentsOf(platform), { name: deployment.name, model });
          // Stops for long rate limits leave short batches: a heartbeat must stay small.
          if (kept.length > mostBatches) beat.batches = [await store.put(joined(store, kept))];
          beat.done = await answered(store, beat.batches);
          const recorded = input.recorded && (await recordedAnswers(store, input.recorded, input.method));
          const batched = input.batch && (await batchAnswers(store, input.batch));
          const known = knownAnswers(records, evaluation);
          const { maxOutputTokens } = evaluation;
          // A deployment of our own has another name each time; one that was made by others may be of anything.
          const asked = deployment && !deployment.own ? deployment.name : model;
          const keyOf = ({ messages, tools }: AskedQuestion) =>
            answerKey({ connection, model: asked, seed, maxOutputTokens }, { messages, tools });
          const { grader, close } = openGrader(dependencies, { connection, seed, grader: evaluation.grader });
          const asking = askAll({
            questions: questionsOf(store, input),
            startAt: beat.done,
            async known(question) {
              const key = keyOf(question);
              const answer = batched?.(key) ?? (await known.find(key));
              return answer && { ...answer, usd: tokensUsd(prices, answer) };
            },
            ask: async (question, abort) => {
              const { messages, tools } = question;
              if (recorded) return recorded(messages);
              const { limits, ...answer } = await platform.chat({
                model: deployment?.name ?? model,
                messages,
                tools,
                seed,
                maxOutputTokens,
                signal: abort,
              });
              known.add(keyOf(question), answer);
              return { ...answer, limits, usd: tokensUsd(prices, answer) };
            },
            grader,
            concurrency: evaluation.concurrency,
            batchSize,
            signal,
            ending,
            async onBatch(predictions) {
              await known.keep();
              beat.batches.push(await store.put(encodePredictions(predictions)));
              beat.done = (beat.done ?? 0) + predictions.length;
              heartbeat(beat);
            },
          });
          await asking.finally(close).catch((error: unknown) => {
            throw deployment?.own && isNotFound(error)
              ? stillPending(`The deployment ${deployment.name} is gone.`, 1_000)
              : error;
          });
          const predictions = await store.put(joined(store, beat.batches));
          const evaluated = await summarise(model, predictions, decodePredictions(store.read(predictions)));
          if (input.outsideRun) {
            await monthsShare(platforms, connection, 'asked').count(prices ? evaluationCost(evaluated, prices) : 0);
          }
          return evaluated;
        },
      );
    },
  };
}

/** Deployments of the cheapest kinds are taken away by the platform: what was answered stays, the rest is asked again. */
function isNotFound(error: unknown): boolean {
  return error instanceof TunewrightError && error.status === 404;
}

async function answered(store: ArtifactStore, batches: readonly ArtifactRef[]): Promise<number> {
  let count = 0;
  for await (const _ of decodePredictions(joined(store, batches))) count += 1;
  return count;
}

async function* joined(store: ArtifactStore, batches: readonly ArtifactRef[]): AsyncGenerator<Uint8Array> {
  for (const batch of batches) yield* store.read(batch);
}
