import {
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  executeChild,
  ParentClosePolicy,
  setHandler,
  TerminatedFailure,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { evaluatedSignal, evaluationType } from '../contract/messages.ts';
import { stopBatches } from './batch.ts';
import type { evaluateModels, Scores } from './evaluation.ts';
import type { Run } from './run.ts';
import { type Served, whileServed } from './serving.ts';
import type { EvaluationInput, EvaluationTarget } from './targets.ts';
import { together } from './together.ts';

export type { Scores } from './evaluation.ts';

/** A model that a run has asked the examples. */
export interface Target extends Omit<EvaluationTarget, 'deployment'> {
  /** It answers only under a deployment. */
  deploys: boolean;
}

type Examples = EvaluationInput['test'];

/** Has each model asked the same examples; those that answer only under a deployment are deployed for as long as that takes. */
export async function askModels(run: Run, targets: readonly Target[], examples: Examples): Promise<Scores> {
  if (targets.length === 0) return {};
  const toServe = targets.filter(
    ({ deploys, connection, model }, at) =>
      deploys && targets.findIndex((one) => one.connection === connection && one.model === model) === at,
  );
  if (toServe.length > 0)
    return await whileServed(run, toServe, async (served) => await ask(run, targets, examples, served));
  // Not while models are deployed: what stands idle is paid.
  await run.control.unlessPaused();
  return await ask(run, targets, examples, () => undefined);
}

/** Begins the evaluation and waits for it. One that a person has ended by itself is begun anew when a person says so. */
async function ask(run: Run, targets: readonly Target[], test: Examples, served: Served): Promise<Scores> {
  run.progress.enter('evaluate');
  setHandler(evaluatedSignal, ({ usd }) => run.progress.evaluated(usd));
  for (let again = 0; ; again++) {
    const input = inputOf(run, targets, test, served, again);
    try {
      return await executeChild<typeof evaluateModels>(evaluationType, {
        // Runs have no slash in their names. A run that is reset begins another one beside the one that it has lost.
        workflowId: `${workflowInfo().workflowId}/evaluation-${uuid4().slice(0, 8)}`,
        args: [input],
        staticSummary: `Evaluate ${targets.map(({ role }) => role).join(', ')} on ${test.examples} examples`,
        // It stops its batches.
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      });
    } catch (error) {
      const ended = endOf(error);
      if (!ended) throw error;
      if (ended === 'terminated') await CancellationScope.nonCancellable(() => stopLost(run, input));
      await run.control.ask({
        code: 'evaluation_incomplete',
        message: 'The evaluation was ended by itself, in Temporal.',
        choices: [{ name: 'again', does: 'Asks the models again; what they have answered is not asked twice.' }],
      });
    }
  }
}

function inputOf(run: Run, targets: readonly Target[], test: Examples, served: Served, again: number): EvaluationInput {
  const { method, evaluation, seed, pollSeconds } = run.input.config;
  const { key, name: runName, since } = run;
  const asked = targets.map(({ deploys: _, ...target }) => ({ ...target, deployment: served(target) }));
  // Batches that were stopped are asked no more. A run that is reset finds those that it has begun.
  const own = again === 0 ? key : `${key}-again-${again}`;
  return { targets: asked, test, method, evaluation, seed, key: own, runName, since, pollSeconds };
}

/** What an evaluation that was terminated left behind at the platforms is still paid. */
async function stopLost(run: Run, input: EvaluationInput): Promise<void> {
  const costs = await together(input.targets.map((target) => async () => await stopBatches(input, target)));
  for (const usd of costs) run.progress.evaluated(usd);
}

/** How a person has ended it by itself; undefined where it has failed, or was stopped with what had begun it. */
function endOf(error: unknown): 'cancelled' | 'terminated' | undefined {
  if (!(error instanceof ChildWorkflowFailure) || CancellationScope.current().consideredCancelled) return undefined;
  if (error.cause instanceof CancelledFailure) return 'cancelled';
  return error.cause instanceof TerminatedFailure ? 'terminated' : undefined;
}
