import type OpenAI from 'openai';
import { TunewrightError } from '../../contract/errors.ts';
import type { Checkpoint, JobEvent, TrainingPlatform } from '../platform.ts';
import { named } from './errors.ts';
import { listAll } from './lists.ts';
import { inOrder, parseResultFile, toMetrics } from './metrics.ts';
import { checkpointShape, type EventShape, eventShape, jobShape } from './shapes.ts';

/** More events than this at one look are of no use to a progress line. */
const eventsAtOnce = 200;

/** What a job tells of its training: events, checkpoints and the curve. */
export function training(client: OpenAI): Pick<TrainingPlatform, 'newEvents' | 'listCheckpoints' | 'trainingCurve'> {
  const path = (jobId: string, list: string) => `/fine_tuning/jobs/${jobId}/${list}`;

  async function events(
    jobId: string,
    until: string | undefined,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<JobEvent[]> {
    return await named("Reading the job's events", async () => {
      const found: JobEvent[] = [];
      for await (const item of listAll(client, path(jobId, 'events'), { limit: 100 }, signal)) {
        const event = eventShape.parse(item);
        if (event.id === until || found.length >= limit) break;
        found.push(toEvent(event));
      }
      return found;
    });
  }

  /** Undefined when the job has none, or it was deleted. */
  async function resultFile(jobId: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    try {
      return await named('Reading the result file', async () => {
        const file = jobShape.parse(await client.fineTuning.jobs.retrieve(jobId, { signal })).result_files?.[0];
        return file && (await (await client.files.content(file, { signal })).text());
      });
    } catch (error) {
      if (error instanceof TunewrightError && error.status === 404) return undefined;
      throw error;
    }
  }

  return {
    newEvents: async (jobId, lastSeenId, signal) => await events(jobId, lastSeenId, eventsAtOnce, signal),

    async listCheckpoints(jobId, signal) {
      return await named('Listing the checkpoints', async () => {
        const found: Checkpoint[] = [];
        for await (const item of listAll(client, path(jobId, 'checkpoints'), { limit: 100 }, signal)) {
          const { fine_tuned_model_checkpoint: model, step_number: step, metrics } = checkpointShape.parse(item);
          found.push({ model, step, metrics: toMetrics({ step, ...metrics }) ?? { step } });
        }
        return found;
      });
    },

    async trainingCurve(jobId, signal) {
      const file = await resultFile(jobId, signal);
      if (file !== undefined) return parseResultFile(file);
      const all = await events(jobId, undefined, Number.POSITIVE_INFINITY, signal);
      return inOrder(all.flatMap((event) => event.metrics ?? []));
    },
  };
}

function toEvent(event: EventShape): JobEvent {
  const level = event.level === 'warn' || event.level === 'error' ? event.level : 'info';
  const data = typeof event.data === 'object' && event.data !== null ? (event.data as Record<string, unknown>) : {};
  return {
    id: event.id,
    at: new Date(event.created_at * 1000).toISOString(),
    level,
    message: event.message,
    metrics: toMetrics(data),
  };
}
