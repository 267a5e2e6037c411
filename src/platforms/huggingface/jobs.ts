import { WorkflowExecutionAlreadyStartedError, type WorkflowExecutionDescription } from '@temporalio/client';
import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import type { HeldJob, JobSpec, JobState, RemoteJob, TrainingPlatform } from '../platform.ts';
import { tunedModel } from '../trainer/names.ts';
import { settled } from '../trainer/tuning.ts';
import type { HuggingFaceSettings } from './settings.ts';
import { activityOf, type Cluster, reasonOf, stop } from './temporal.ts';

type JobMethods = Pick<TrainingPlatform, 'findJobs' | 'createJob' | 'getJob' | 'cancelJob' | 'pauseJob' | 'resumeJob'>;

/** The trainers' workflow of that name: tunewright_trainer/workflows.py. */
const workflowType = 'huggingFaceTrain';
const trainingQueue = (taskQueue: string) => `${taskQueue}-training`;

/** What a job was made of, for whoever looks at it: kept in the workflow's memo. */
const memoShape = z.object({ model: z.string(), trainingFile: z.string(), runName: z.string() });
type Memo = z.infer<typeof memoShape>;

/** What the trainers' workflow returns: tunewright_trainer/training.py. */
const resultShape = z.object({ trainedTokens: z.number() });

interface JobEnd {
  state: 'succeeded' | 'failed' | 'cancelled';
  trainedTokens?: number;
  error?: { code: string; message: string };
}

/** Jobs are workflows that bear the run's key as their id: Temporal itself starts no second one. */
export function jobs(settings: HuggingFaceSettings, cluster: Cluster): JobMethods {
  const { client, named } = cluster;

  async function find(id: string): Promise<RemoteJob | undefined> {
    const handle = client.workflow.getHandle(id);
    const found = await named('Looking at the job', async () => await handle.describe());
    return found && (await remoteJob(found));
  }

  async function remoteJob(found: WorkflowExecutionDescription): Promise<RemoteJob> {
    const id = found.workflowId;
    const memo = memoShape.parse(found.memo);
    if (found.status.name === 'RUNNING') {
      const { started, attempt } = activityOf(found);
      const state: JobState = started ? 'running' : 'waiting';
      const waiting = attempt > 1 ? 'waits for another host' : 'waits for a host';
      return {
        id,
        state,
        platformStatus: started ? 'training' : waiting,
        model: null,
        trainingFileId: memo.trainingFile,
      };
    }
    return ended(id, memo, await endOf(found));
  }

  /** The workflow's own word: what lies in the shared folder may be of a host that was taken for dead. */
  async function endOf({ workflowId, runId, status }: WorkflowExecutionDescription): Promise<JobEnd> {
    if (['CANCELLED', 'TERMINATED'].includes(status.name)) return { state: 'cancelled' };
    if (status.name !== 'COMPLETED') return { state: 'failed', error: await reasonOf(cluster, workflowId) };
    const result = await named('Reading the result', async () => await client.workflow.result(workflowId, runId));
    return { state: 'succeeded', ...resultShape.parse(result) };
  }

  async function get(id: string): Promise<RemoteJob> {
    const job = await find(id);
    if (job) return job;
    throw new TunewrightError('not_found', `There is no job ${id}: Temporal keeps it no longer, or never had it.`, {
      advice: 'Look for it in the Temporal UI of the namespace.',
      status: 404,
    });
  }

  return {
    findJobs: async ({ key }) => {
      const job = await find(key);
      return job ? [job] : [];
    },

    async createJob(spec) {
      try {
        await named('Creating the job', async () => {
          await client.workflow.start(workflowType, {
            workflowId: spec.key,
            taskQueue: settings.taskQueue,
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            args: [jobOf(settings, spec)],
            memo: { model: spec.model, trainingFile: spec.trainingFileId, runName: spec.runName } satisfies Memo,
          });
        });
      } catch (error) {
        const there = error instanceof TunewrightError && error.cause instanceof WorkflowExecutionAlreadyStartedError;
        if (!there) throw error;
      }
      return await get(spec.key);
    },

    getJob: get,

    async cancelJob(id) {
      await named('Cancelling the job', async () => await stop(cluster, id));
      return await get(id);
    },

    pauseJob: cannotPause,
    resumeJob: cannotPause,
  };
}

/** Every job of these trainers whose id starts so. */
export async function heldJobs(
  { taskQueue }: HuggingFaceSettings,
  { client, named }: Cluster,
  prefix: string,
  job: JobMethods['getJob'],
): Promise<HeldJob[]> {
  const query = `WorkflowType = "${workflowType}" AND TaskQueue = "${taskQueue}" AND WorkflowId STARTS_WITH "${prefix}"`;
  const found: HeldJob[] = [];
  const list = async () => {
    for await (const { workflowId, startTime, memo } of client.workflow.list({ query })) {
      const createdAt = startTime.getTime();
      found.push({ ...(await job(workflowId)), createdAt, key: workflowId, runName: memoShape.parse(memo).runName });
    }
  };
  await named('Listing jobs', list);
  return found;
}

function ended(id: string, { model, trainingFile }: Memo, { state, trainedTokens, error }: JobEnd): RemoteJob {
  return {
    id,
    state,
    platformStatus: state,
    model: state === 'succeeded' ? tunedModel(model, id) : null,
    trainingFileId: trainingFile,
    ...(trainedTokens === undefined ? {} : { trainedTokens }),
    ...(error ? { error } : {}),
  };
}

/** As the trainers read it: tunewright_trainer/job.py. */
function jobOf({ training, taskQueue, heartbeatSeconds }: HuggingFaceSettings, spec: JobSpec): object {
  return {
    id: spec.key,
    model: spec.model,
    trainingFile: spec.trainingFileId,
    validationFile: spec.validationFileId,
    ...settled(spec, training),
    taskQueue: trainingQueue(taskQueue),
    heartbeatSeconds,
  };
}

async function cannotPause(): Promise<never> {
  throw new TunewrightError('refused', 'A training on own machines cannot be paused.', {
    advice: 'Cancel the run, or let it train.',
  });
}
