import type { Method, RunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { GateConfig } from '../contract/gate.ts';
import type { GraderConfig } from '../contract/graders.ts';
import type { DataSummary } from '../contract/run.ts';
import type { GateCheck } from '../contract/verdict.ts';
import { type DatasetPart, type DatasetParts, splitDataset } from '../datasets/index.ts';
import { failBeforehand } from '../evaluation/index.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { checkGradable } from './gradable.ts';
import { gradersNeeds, openGrader } from './grading.ts';
import { type InspectedData, warningLines } from './inspect.ts';
import { sliceFields } from './slice-fields.ts';
import { checkSliceable } from './sliceable.ts';

export interface SplitInput {
  connection: string;
  model: string;
  method: Method;
  sources: InspectedData;
  split: RunConfig['split'];
  /** How the held-out examples will be graded; runs begun before it was told lack it. */
  evaluation?: Pick<RunConfig['evaluation'], 'grader' | 'maxExamples' | 'slices'>;
  /** Of a run that may promote: it is told when its gate cannot be passed. */
  gate?: GateConfig | undefined;
  /** By what the model will be rewarded, where it is. */
  reward?: GraderConfig | undefined;
}

export interface SplitData extends Omit<DatasetParts, 'problems' | 'seen' | 'lines'> {
  summary: DataSummary;
}

const nothing = { examples: 0, tokens: 0 };

export function splitActivities(dependencies: Dependencies) {
  const { platforms, store } = dependencies;
  return {
    /**
     * Sets validation and held-out examples aside where no file of one's own was given: seeded, so always the same. Throws
     * `too_large` for a part that the platform does not take, `field_missing` and `no_reference` where the grader lacks
     * something of those held out, or the reward of the others; `field_missing` for a slice's field that no example has.
     */
    async splitData({
      connection,
      model,
      method,
      sources,
      split,
      evaluation,
      gate,
      reward,
    }: SplitInput): Promise<SplitData> {
      const { validation, test, seed, ...fields } = split;
      const platform = platforms.get(connection);
      const { encoding, trainingContextTokens: context } = platform.catalogueEntry(model) ?? {};
      const { problems, seen, lines, ...parts } = await beating(
        () => ({}),
        async (signal) =>
          await splitDataset(
            {
              train: await store.path(sources.train),
              ...(sources.validation ? { validation: await store.path(sources.validation) } : {}),
              ...(sources.test ? { test: await store.path(sources.test) } : {}),
              method,
              shares: { validation, test },
              seed,
              fields,
              leftOut: evaluation ? sliceFields(method, evaluation) : [],
              minimumExamples: platform.minimumExamples,
              ...(encoding ? { encoding } : {}),
              ...(context ? { context } : {}),
              signal,
            },
            store,
          ),
      );
      requireRoom(parts, platform.uploadBytes);
      const blind: string[] = [];
      if (evaluation) {
        const opened = openGrader(dependencies, { connection, seed, grader: evaluation.grader });
        const checked = checkGradable(opened.grader, method, {
          bytes: store.read(parts.test),
          part: 'held-out',
          file: sources.test ? 'data.test' : 'data.train',
          lines: lines.test,
          maxExamples: evaluation.maxExamples,
        });
        blind.push(...(await checked.finally(opened.close)));
        await checkSliceable(evaluation, () => store.read(parts.test), method);
      }
      if (reward) {
        const grader = gradersNeeds(reward);
        const file = 'data.train';
        await checkGradable(grader, method, {
          bytes: store.read(parts.train),
          part: 'training',
          file,
          lines: lines.train,
        });
        if (parts.validation)
          await checkGradable(grader, method, {
            bytes: store.read(parts.validation),
            part: 'validation',
            file: sources.validation ? 'data.validation' : file,
            lines: lines.validation,
          });
      }
      const asked = Math.min(parts.test.examples, evaluation?.maxExamples ?? parts.test.examples);
      const beyond = gate ? failBeforehand(gate, { examples: asked, seen: seen / parts.test.examples }) : [];
      const counts = ({ examples, tokens }: Pick<DatasetPart, 'examples' | 'tokens'>) => ({ examples, tokens });
      return {
        ...parts,
        summary: {
          train: { ...counts(parts.train), ...cutOf(parts.train) },
          validation: parts.validation ? counts(parts.validation) : nothing,
          test: { ...counts(parts.test), answerTokens: parts.test.answerTokens, ...(seen > 0 ? { seen } : {}) },
          warnings: [...sources.warnings, ...warningLines('split', problems), ...blind, ...beyond.map(outOfReach)],
        },
      };
    },
  };
}

function outOfReach({ says }: GateCheck): string {
  return `gate: ${says} Whatever it learns, the model will not be promoted: hold out other examples, or mend the rule. [gate_out_of_reach]`;
}

/** Said where anything is cut off. */
function cutOf({ tokens, trainedTokens }: DatasetPart): Pick<DataSummary['train'], 'trainedTokens'> {
  return trainedTokens < tokens ? { trainedTokens } : {};
}

/** What would be refused at its upload is refused before anything is. */
function requireRoom({ train, validation }: Pick<DatasetParts, 'train' | 'validation'>, most: number): void {
  for (const [role, part] of Object.entries({ train, validation })) {
    if (!part || part.bytes <= most) continue;
    const sizes = `${part.bytes.toLocaleString('en-US')} bytes, and the platform takes ${most.toLocaleString('en-US')} at most`;
    throw new TunewrightError('too_large', `The ${role} file has ${sizes}.`, {
      advice: 'Leave some examples out, or set more of them aside.',
    });
  }
}
