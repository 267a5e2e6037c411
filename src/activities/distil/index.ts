import type { Distilled, DistilPlan } from '../../contract/distillation.ts';
import { TunewrightError } from '../../contract/errors.ts';
import { beating, lastHeartbeat } from '../context.ts';
import type { Dependencies } from '../dependencies.ts';
import { monthsShare } from '../month.ts';
import { type Asking, askInputs } from './ask.ts';
import { learnt } from './learnt.ts';

export interface DistilInput {
  plan: DistilPlan;
  /** Where the new model is trained: it has a least number of examples. */
  connection: string;
}

export function distilActivities(dependencies: Dependencies) {
  const { platforms, store } = dependencies;
  return {
    /**
     * Has the old model answer what the new one learns. No answer that was kept is paid again. Throws
     * `too_few_answers` where they and the training data are fewer than the new platform trains on, `over_monthly_budget`.
     */
    async distilModel({ plan, connection }: DistilInput): Promise<Distilled> {
      const beat: Asking = {
        ...(lastHeartbeat<Asking>() ?? { batches: [] }),
        total: plan.inputs.examples,
        unit: 'examples',
      };
      return await beating(
        () => beat,
        async (signal) => {
          const { version, connection: of, modelId, inputs } = plan;
          const share = monthsShare(platforms, of, 'distil');
          await share.promise(plan.expectedUsd, '--distil-budget');
          await askInputs(dependencies, plan, beat, signal);
          const distilled: Distilled = {
            ...{ version, connection: of, modelId, asked: inputs.examples },
            ...(await learnt(store, plan, beat.batches)),
            ...(beat.died ? { died: true } : {}),
          };
          await share.count(distilled.usd);
          const least = platforms.get(connection).minimumExamples;
          if (distilled.train.examples < least) throw tooFew(distilled, least);
          return distilled;
        },
      );
    },
  };
}

function tooFew({ modelId, asked, answers, died, train }: Distilled, least: number): TunewrightError {
  const how = died ? 'was shut down in the middle of it and gave' : 'gave';
  return new TunewrightError(
    'too_few_answers',
    `${modelId} ${how} ${answers} answers to ${asked} questions: with the training data that makes ${train.examples} examples, and the new platform trains on ${least} at least.`,
    {
      advice:
        'Give training data with --train FILE, or more questions with --distil FILE; answers that were given are not paid again.',
    },
  );
}
