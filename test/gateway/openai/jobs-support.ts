import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import OpenAI, { toFile } from 'openai';
import { startGateway } from '../../../src/gateway/index.ts';
import type { SimulatorOptions } from '../../../src/simulator/index.ts';
import { validatingFetch } from '../../simulator/schemas.ts';
import { type Pipeline, pipeline } from '../../support/pipeline.ts';
import { keys, serviceKey } from '../registry.ts';
import { onEnd } from '../support.ts';

/** A gateway whose jobs are runs of the worker beside it. */
export interface Trainer {
  at: Pipeline;
  url: string;
  /** The official client; what it is answered is held against OpenAI's API description, where that is at hand. */
  client: OpenAI;
  /** Uploads the small data set. */
  upload(): Promise<OpenAI.FileObject>;
}

export async function trainer(options: Partial<SimulatorOptions> = {}): Promise<Trainer> {
  const gateway = {
    connection: 'simulator',
    models: { 'gpt-4o-mini': 'simulator/stand-in-mini' },
    run: { budgetUsd: 5, pollSeconds: 0.1 },
  };
  const at = await pipeline(options);
  onEnd(async () => await at.close());
  const running = await startGateway({ ...at.settings, gatewayKeys: keys, gateway });
  onEnd(async () => await running.close());
  const url = `${running.url}/openai/v1`;
  const client = new OpenAI({ baseURL: url, apiKey: serviceKey, fetch: validatingFetch });
  const content = await readFile(join(at.folder, 'data.jsonl'), 'utf8');
  return { at, url, client, upload: async () => await uploaded(client, content) };
}

export async function uploaded(client: OpenAI, content: string): Promise<OpenAI.FileObject> {
  return await client.files.create({ file: await toFile(Buffer.from(content), 'intents.jsonl'), purpose: 'fine-tune' });
}

/** Polls until it is so; a minute at most. */
export async function until(
  { client }: Trainer,
  id: string,
  so: (status: string) => boolean,
): Promise<OpenAI.FineTuning.FineTuningJob> {
  const deadline = performance.now() + 600_000;
  for (;;) {
    const job = await client.fineTuning.jobs.retrieve(id);
    if (so(job.status)) return job;
    if (performance.now() > deadline) throw new Error(`still waiting at ${JSON.stringify(job)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const over = (status: string): boolean => ['succeeded', 'failed', 'cancelled'].includes(status);
