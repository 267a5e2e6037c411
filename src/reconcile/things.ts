import { parseRunKey } from '../contract/run-key.ts';
import type { HeldDeployment, HeldJob, Holdings, JobState, RemoteBatch } from '../platforms/platform.ts';
import type { AttemptState } from './chain.ts';

/**
 * `owned`: of a run that goes on, or the result of one that succeeded. `leftover`: nobody needs it, it can be removed.
 * `young`: a leftover that is too young to be sure of. `kept`: the model of a run that did not succeed, and its job; only
 * a person deletes models. `foreign`: of a run that this Temporal does not know.
 */
export type Verdict = 'owned' | 'leftover' | 'young' | 'kept' | 'foreign';

/** One thing at a platform that a run has made. */
export interface Thing {
  kind: 'file' | 'job' | 'model' | 'deployment' | 'batch';
  id: string;
  key: string;
  /** The run's name, where the thing carries it. */
  runName?: string | undefined;
  firstExecutionRunId: string;
  attempt: number;
  /** Milliseconds since the epoch; of a model when its job was created. */
  createdAt: number;
  /** Of a deployment: what answers under it. */
  model?: string | undefined;
  /** Of a job. */
  state?: JobState | undefined;
  /** Of a job or a batch: the platform's own word. */
  platformStatus?: string | undefined;
  /** The job itself, or the one that made the model. */
  jobId?: string | undefined;
}

const records: readonly JobState[] = ['failed', 'cancelled'];

/**
 * Everything that runs have made. Left out are jobs and batches of which nothing is left but the record, for no platform deletes
 * those: jobs that failed, were cancelled, or whose model is gone, and batches that have ended.
 */
export function thingsOf(
  { files, jobs, models }: Holdings,
  deployments: readonly HeldDeployment[],
  batches: readonly RemoteBatch[],
): Thing[] {
  const keyOfFile = new Map(files.map(({ id, name }) => [id, parseRunKey(name)]));
  return [
    // First of all: what is deployed is paid, and holds its model.
    ...deployments.flatMap(({ name, model, createdAt }) =>
      thing({ kind: 'deployment', id: name, model, createdAt }, parseRunKey(name)),
    ),
    // Before the files that they read.
    ...batches.flatMap(({ id, key = '', runName, createdAt, state, platformStatus }) =>
      state === 'ended' ? [] : thing({ kind: 'batch', id, createdAt, runName, platformStatus }, parseRunKey(key)),
    ),
    ...files.flatMap(({ id, createdAt }) => thing({ kind: 'file', id, createdAt }, keyOfFile.get(id))),
    ...jobs.flatMap((job) => {
      const made = parseRunKey(job.key ?? '') ?? keyOfFile.get(job.trainingFileId);
      const { id, createdAt, runName, state, platformStatus } = job;
      if (!isLeft(job, models)) return [];
      return [
        ...thing({ kind: 'job', id, jobId: id, createdAt, runName, platformStatus, state }, made),
        ...(job.model ? thing({ kind: 'model', id: job.model, jobId: id, createdAt, runName }, made) : []),
      ];
    }),
  ];
}

function isLeft({ state, model }: HeldJob, models: ReadonlySet<string>): boolean {
  return !records.includes(state) && (model === null || models.has(model));
}

/** The thing under its run's key; none when the name only looks like one of this software. */
function thing(
  known: Omit<Thing, 'key' | 'firstExecutionRunId' | 'attempt'>,
  made: ReturnType<typeof parseRunKey>,
): Thing[] {
  return made ? [{ ...known, ...made }] : [];
}

/** What is to become of a thing, by how its run's attempt stands. */
export function verdictOf({ kind, state: jobState }: Thing, state: AttemptState, oldEnough: boolean): Verdict {
  if (state === 'unknown') return 'foreign';
  // A run that has ended asks nobody any more, whatever its end.
  const forAsking = kind === 'deployment' || kind === 'batch';
  if (state === 'running' || (state === 'succeeded' && !forAsking)) return 'owned';
  if (kind === 'model' || jobState === 'succeeded') return 'kept';
  return oldEnough ? 'leftover' : 'young';
}
