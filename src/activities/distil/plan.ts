import type { ArtifactStore } from '../../artifacts/index.ts';
import type { ArtifactRef } from '../../contract/artifact.ts';
import type { DistilPlan } from '../../contract/distillation.ts';
import { TunewrightError } from '../../contract/errors.ts';
import type { Obstacle } from '../../contract/migration.ts';
import type { ModelVersion } from '../../contract/registry.ts';
import { apartFrom, type Input, readInputs } from '../../datasets/index.ts';
import type { Heritage } from '../migrate/heritage.ts';
import { borne } from './budget.ts';
import { type Askable, askedModel } from './old-model.ts';

interface Planning {
  store: ArtifactStore;
  version: ModelVersion;
  /** How it can be asked, or why not. */
  old: Askable | string;
  heritage: Heritage;
  /** In place of the training data. */
  inputs: ArtifactRef | undefined;
  budgetUsd: number | undefined;
}

const otherQuestions = 'Name questions with --distil FILE: JSON lines of messages that end with what a user says.';

/** What the old model will be asked, and what that costs; or what stands in the way. Nothing is asked yet. */
export async function planDistillation(planning: Planning): Promise<DistilPlan | Obstacle> {
  const { store, version, old, heritage } = planning;
  if (heritage.method !== 'supervised') {
    const message = `Answers make examples for the method "supervised", and the old model was trained by "${heritage.method}".`;
    return { code: 'distil_method', message, advice: 'Migrate without --distil.' };
  }
  if (typeof old === 'string') {
    return { code: 'distil_model', message: old, advice: 'Migrate without --distil, by data of your own.' };
  }
  const { encoding } = old;
  const source = planning.inputs ?? heritage.train;
  if (!source) {
    const message = 'There are no training data whose questions could be asked.';
    return { code: 'distil_inputs', message, advice: otherQuestions };
  }
  const given = await inputsOf(store, source, old);
  if (!Array.isArray(given)) return given;
  const { train, validation } = heritage;
  const held = await allOf([heritage.heldOut, validation]);
  const { inputs, heldOut, repeated } = apartFrom(held, given);
  if (inputs.length === 0) {
    const message = `Of ${given.length} inputs none can be asked: held-out examples ask them too, or nearly.`;
    return { code: 'distil_inputs', message, advice: otherQuestions };
  }
  const { budgetUsd } = planning;
  const seed = heritage.seed ?? 1;
  const { asked, answerTokens, ...terms } = borne(inputs, { prices: old.prices, budgetUsd, seed });
  if (asked.length === 0) {
    const message = `One answer can cost $${terms.atMostUsd.toFixed(4)} at most, which the budget of $${budgetUsd} does not bear.`;
    return { code: 'distil_budget', message, advice: 'Raise --distil-budget.' };
  }
  const ref = await store.put(linesOf(asked));
  const known = new Set((await allOf(planning.inputs ? [train] : [])).map(({ key }) => key));
  const added = planning.inputs ? asked.filter(({ key }) => !known.has(key)) : [];
  return {
    ...askedModel(version, old),
    seed,
    inputs: { ...ref, examples: asked.length },
    ...(train ? { train } : {}),
    added: {
      examples: added.length,
      tokens: Math.round(added.reduce((sum, { tokens }) => sum + tokens + answerTokens, 0)),
    },
    leftOut: { heldOut, repeated, overBudget: inputs.length - asked.length },
    ...terms,
  };

  async function allOf(files: readonly (ArtifactRef | undefined)[]): Promise<Input[]> {
    const all: Input[] = [];
    for (const file of files) {
      if (file) for await (const input of readInputs(store.read(file), encoding)) all.push(input);
    }
    return all;
  }
}

async function inputsOf(store: ArtifactStore, source: ArtifactRef, { encoding }: Askable): Promise<Input[] | Obstacle> {
  try {
    const inputs: Input[] = [];
    for await (const input of readInputs(store.read(source), encoding)) inputs.push(input);
    return inputs;
  } catch (error) {
    if (!(error instanceof TunewrightError) || error.code !== 'invalid_data') throw error;
    return { code: 'distil_inputs', message: error.message, advice: error.advice };
  }
}

async function* linesOf(inputs: readonly Input[]): AsyncGenerator<Uint8Array> {
  for (const { messages, tools } of inputs) yield Buffer.from(`${JSON.stringify({ messages, tools })}\n`);
}
