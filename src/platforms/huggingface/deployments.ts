import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import OpenAI from 'openai';
import { z } from 'zod';
import { TunewrightError } from '../../contract/errors.ts';
import type { Deployments, HeldDeployment, TrainingPlatform } from '../platform.ts';
import { chat } from '../protocol/chat.ts';
import { ofTheQuestion, type Server } from '../trainer/server.ts';
import type { HuggingFaceSettings } from './settings.ts';
import { activityOf, type Cluster, reasonOf, stop } from './temporal.ts';

/** The trainers' workflow of that name: tunewright_trainer/workflows.py. */
const workflowType = 'huggingFaceServe';
const servingQueue = (taskQueue: string) => `${taskQueue}-serving`;

const memoShape = z.object({ model: z.string() });
/** What a host that serves tells in its heartbeat: where, and under which name the server there knows the model. */
const servedShape = z.object({ url: z.url(), model: z.string(), ready: z.boolean() });
type Served = z.infer<typeof servedShape>;

/** Deployments are workflows that bear their name; a host serves the model while one runs. */
export function deployments(
  settings: HuggingFaceSettings,
  cluster: Cluster,
  servedAs: (model: string) => string,
): Deployments {
  const { client, named } = cluster;
  const handle = (name: string) => client.workflow.getHandle(name);
  const look = async (name: string) =>
    await named('Looking at the deployment', async () => await handle(name).describe());

  return {
    checkpoints: true,
    existing: () => undefined,
    configured: [],

    async create({ name, model }) {
      try {
        await named('Creating the deployment', async () => {
          await client.workflow.start(workflowType, {
            workflowId: name,
            taskQueue: settings.taskQueue,
            args: [
              {
                model: servedAs(model),
                hours: settings.serving.hours,
                heartbeatSeconds: settings.heartbeatSeconds,
                taskQueue: servingQueue(settings.taskQueue),
              },
            ],
            memo: { model },
          });
        });
      } catch (error) {
        const there = error instanceof TunewrightError && error.cause instanceof WorkflowExecutionAlreadyStartedError;
        if (!there) throw error;
        const standing = memoShape.parse((await look(name))?.memo).model;
        if (standing === model) return;
        throw new TunewrightError('contradiction', `The deployment ${name} is one of ${standing}, not of ${model}.`, {
          advice: 'Cancel its workflow, if nobody needs it, and try again.',
        });
      }
    },

    async state(name) {
      const found = await look(name);
      if (found?.status.name === 'FAILED') {
        const { code, message } = await reasonOf(cluster, name);
        throw new TunewrightError('refused', `The deployment ${name} has failed (${code}): ${message}`, {
          advice: 'Mend what it names; the log of the host tells more.',
        });
      }
      if (found?.status.name !== 'RUNNING') return 'gone';
      return served(activityOf(found).told)?.ready ? 'ready' : 'creating';
    },

    remove: async (name) => void (await named('Removing the deployment', async () => await stop(cluster, name))),

    async find(prefix) {
      const own = `WorkflowType = "${workflowType}" AND TaskQueue = "${settings.taskQueue}"`;
      const query = `${own} AND ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "${prefix}"`;
      const found: HeldDeployment[] = [];
      await named('Listing deployments', async () => {
        for await (const { workflowId, startTime, memo } of client.workflow.list({ query })) {
          found.push({ name: workflowId, model: memoShape.parse(memo).model, createdAt: startTime.getTime() });
        }
      });
      return found;
    },

    hourlyUsd: () => settings.serving.hourlyUsd,
  };
}

/** The host that serves the deployment now. Throws `platform_unavailable` while none does, `not_found` for one that has ended. */
export async function hostOf({ client, named }: Cluster, name: string): Promise<Served> {
  const found = await named('Looking for who serves the model', async () => {
    return await client.workflow.getHandle(name).describe();
  });
  if (found?.status.name !== 'RUNNING') {
    throw new TunewrightError('not_found', `There is no deployment ${name}, or it has ended.`, {
      advice: 'It is made again where a run needs it.',
      status: 404,
    });
  }
  const where = served(activityOf(found).told);
  if (where?.ready) return where;
  throw new TunewrightError('platform_unavailable', `Nobody serves ${name} at the moment.`, {
    advice: 'It is asked again; see that hosts serve (tunewright-trainer --servings).',
    retry: 'yes',
    status: 503,
  });
}

/** Asks whichever host serves the deployment now: another one takes over when it dies. */
export function chatAt({ timeoutSeconds }: HuggingFaceSettings, cluster: Cluster): Pick<TrainingPlatform, 'chat'> {
  const open = new Map<string, Server>();

  async function find(name: string): Promise<Server> {
    const where = await hostOf(cluster, name);
    const openai = new OpenAI({ baseURL: where.url, apiKey: 'none', maxRetries: 0, timeout: timeoutSeconds * 1000 });
    return { model: where.model, ask: chat(openai).chat };
  }

  return {
    async chat(request) {
      const { model: name } = request;
      const at = open.get(name) ?? (await find(name));
      open.set(name, at);
      try {
        return await at.ask({ ...request, model: at.model });
      } catch (error) {
        const failure = await ofTheQuestion(error, at);
        if (!failure) open.delete(name);
        throw failure ?? error;
      }
    },
  };
}

function served(told: unknown): Served | undefined {
  return servedShape.safeParse(told).data;
}
