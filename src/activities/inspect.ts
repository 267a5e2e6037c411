import type { ArtifactRef } from '../contract/artifact.ts';
import type { Method, RunConfig } from '../contract/config.ts';
import { TunewrightError } from '../contract/errors.ts';
import type { GraderConfig } from '../contract/graders.ts';
import type { StageProgress } from '../contract/run.ts';
import { type Inspection, inspectDataset, type Problem, topFields } from '../datasets/index.ts';
import { untrained } from '../platforms/methods.ts';
import type { TrainingPlatform } from '../platforms/platform.ts';
import { beating } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { openGrader } from './grading.ts';
import { sliceFields } from './slice-fields.ts';
import { shownSource, snapshot } from './snapshot.ts';

export interface InspectInput {
  connection: string;
  model: string;
  method: Method;
  data: RunConfig['data'];
  split: RunConfig['split'];
  /** Its grader is opened to see that it can grade; runs begun before it was told lack it. */
  evaluation?: RunConfig['evaluation'];
  /** By what the model will be rewarded, where it is. */
  reward?: GraderConfig | undefined;
}

/** The data sets of a run as they were when it began, whatever happens to the files afterwards. */
export interface InspectedData {
  train: ArtifactRef;
  validation?: ArtifactRef;
  test?: ArtifactRef;
  /** A sentence each. */
  warnings: string[];
}

type Role = keyof RunConfig['data'];

/** Beyond this a person mends the first ones and looks again: `tunewright validate` lists them all. */
const problemsShown = 20;

export function inspectActivities(dependencies: Dependencies) {
  const { platforms, store } = dependencies;

  async function inspect(input: InspectInput, role: Role, source: string, beat: StageProgress, signal: AbortSignal) {
    const path = shownSource(source);
    const platform = platforms.get(input.connection);
    const entry = platform.catalogueEntry(input.model);
    const { connection } = input;
    const onProgress = (done: number, total: number | undefined) => Object.assign(beat, { done, total });
    const file = await snapshot(dependencies, source, { connection, signal, onProgress });
    const inspection = await inspectDataset(await store.path(file), {
      name: path,
      method: input.method,
      fields: [
        ...topFields([input.split.groupBy, input.split.timeBy]),
        ...(input.evaluation ? sliceFields(input.method, input.evaluation) : []),
      ],
      minimumExamples: role === 'train' ? platform.minimumExamples : 1,
      forTraining: role === 'train',
      maximumBytes: isUploaded(input, role) ? platform.uploadBytes : undefined,
      images: platform.images,
      maximumExamples: role === 'test' ? undefined : mostExamples(platform, input.method, role),
      maxProblems: problemsShown,
      ...(entry
        ? { maxTokensPerExample: entry.trainingContextTokens, encoding: entry.encoding, without: entry.without }
        : {}),
      signal,
      onProgress,
    });
    if (inspection.errors > 0) throw invalidData(path, inspection);
    return { file, warnings: warningLines(path, inspection.problems) };
  }

  return {
    /**
     * Takes a snapshot of each file by content hash and checks every line of it. Throws `invalid_data`, `model_not_tunable`
     * for a method by which the platform's adapter does not train, `invalid_config` or `grader_not_allowed` for a grader that
     * will grade nothing here, or by which nothing can be rewarded, and `invalid_config` for batches where there are none.
     */
    async inspectData(input: InspectInput): Promise<InspectedData> {
      const platform = platforms.get(input.connection);
      if (!platform.capabilities.methods.includes(input.method)) throw untrained(input.method);
      if (input.evaluation?.batch && !platform.batches) throw withoutBatches(input.connection);
      if (input.reward) checkReward(platform, input.reward);
      const beat: StageProgress = { unit: 'bytes' };
      return await beating(
        () => beat,
        async (signal) => {
          const { connection, evaluation } = input;
          const opened = evaluation && openGrader(dependencies, { connection, seed: 0, grader: evaluation.grader });
          await opened?.load().finally(opened.close);
          const { train, validation, test } = input.data;
          const inspected = {
            train: await inspect(input, 'train', train, beat, signal),
            validation: validation ? await inspect(input, 'validation', validation, beat, signal) : undefined,
            test: test ? await inspect(input, 'test', test, beat, signal) : undefined,
          };
          const all = Object.values(inspected);
          return {
            train: inspected.train.file,
            ...(inspected.validation ? { validation: inspected.validation.file } : {}),
            ...(inspected.test ? { test: inspected.test.file } : {}),
            warnings: all.flatMap((one) => one?.warnings ?? []),
          };
        },
      );
    },
  };
}

/** Whether the file goes to the platform whole; what is left of a file of which a part is set aside is looked at then. */
function isUploaded({ data, split }: InspectInput, role: Role): boolean {
  if (role !== 'train') return role === 'validation';
  return (data.validation !== undefined || split.validation === 0) && (data.test !== undefined || split.test === 0);
}

export function withoutBatches(connection: string): TunewrightError {
  return new TunewrightError('invalid_config', `The connection "${connection}" cannot be asked by batch.`, {
    advice: 'Leave evaluation.batch out: questions are then asked one by one.',
  });
}

function checkReward({ reinforcement }: TrainingPlatform, reward: GraderConfig): void {
  const objection = reinforcement?.objection(reward);
  if (objection === undefined) return;
  throw new TunewrightError('invalid_config', objection, {
    advice:
      "Mend it, or train elsewhere or otherwise; a run's reward is the grader of its evaluation where it names none.",
  });
}

function mostExamples({ mostExamples }: TrainingPlatform, method: Method, role: 'train' | 'validation') {
  return mostExamples?.[method]?.[role === 'train' ? 'training' : 'validation'];
}

/** Names the first problems, each with its place. */
export function invalidData(path: string, { errors, problems }: Inspection): TunewrightError {
  const shown = problems.filter((problem) => problem.severity === 'error');
  const more = errors > shown.length ? [`… and ${errors - shown.length} more`] : [];
  return new TunewrightError(
    'invalid_data',
    [`${path} has ${errors} ${errors === 1 ? 'error' : 'errors'}:`, ...shown.map(problemLine), ...more].join('\n'),
    { advice: `Mend them; \`tunewright validate ${path}\` lists them all.` },
  );
}

/** The warnings among some problems, as sentences; the checks give one a kind. */
export function warningLines(name: string, problems: readonly Problem[]): string[] {
  return problems.filter(({ severity }) => severity === 'warning').map((problem) => `${name}: ${problemLine(problem)}`);
}

/** One line a problem: where it is, what it is, its code. */
function problemLine({ line, path, message, code }: Problem): string {
  const where = [line === undefined ? undefined : `line ${line}`, path].filter(Boolean).join(', ');
  return `${where ? `${where}: ` : ''}${message} [${code}]`;
}
