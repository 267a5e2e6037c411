import { setTimeout } from 'node:timers/promises';
import OpenAI, { toFile } from 'openai';
import type { Simulator } from '../../src/simulator/index.ts';
import { smallDataSet } from '../support/pipeline.ts';

export const day = (inDays: number): string => new Date(Date.now() + inDays * 86_400_000).toISOString().slice(0, 10);

/** What somebody has made in an account by the official client, and nothing of this software. */
export interface Account {
  client: OpenAI;
  /** Tuned models by what they are here for. */
  models: Record<'first' | 'second' | 'dataGone' | 'dead', string>;
  /** Tunes once more under a suffix. */
  again(suffix: string): Promise<string>;
}

const lines = smallDataSet().trimEnd().split('\n');
export const validationLines = lines.filter((_, i) => i % 5 === 0);
export const trainingLines = lines.filter((_, i) => i % 5 !== 0);

/**
 * Four models: two of one suffix, of which the second had a validation file; one whose training file was deleted; one
 * that was deleted itself. Beside them a job that failed for want of examples, and a file that no job names.
 */
export async function filledAccount({ url }: Pick<Simulator, 'url'>): Promise<Account> {
  const client = new OpenAI({ apiKey: 'somebody', baseURL: url, maxRetries: 0 });
  const upload = async (name: string, content: readonly string[]) => {
    const text = content.map((line) => `${line}\n`).join('');
    return (await client.files.create({ file: await toFile(Buffer.from(text), name), purpose: 'fine-tune' })).id;
  };
  const model = 'stand-in-mini';
  const tune = async (job: { training_file: string; validation_file?: string; suffix?: string }) =>
    await ended(client, (await client.fineTuning.jobs.create({ model, seed: 7, ...job })).id);

  const training = await upload('train.jsonl', trainingLines);
  const validation = await upload('validation.jsonl', validationLines);
  const first = await tune({ training_file: training, suffix: 'Support Desk' });
  const second = await tune({ training_file: training, validation_file: validation, suffix: 'Support Desk' });
  const lost = await upload('lost.jsonl', lines);
  const dataGone = await tune({ training_file: lost, suffix: 'orders' });
  await client.files.delete(lost);
  const dead = await tune({ training_file: training });
  await client.models.delete(dead);
  await upload('unused.jsonl', lines);
  const again = async (suffix: string) => await tune({ training_file: training, suffix });
  return { client, models: { first, second, dataGone, dead }, again };
}

async function ended(client: OpenAI, id: string): Promise<string> {
  for (;;) {
    const { status, fine_tuned_model: model, error } = await client.fineTuning.jobs.retrieve(id);
    if (status === 'succeeded' && model) return model;
    if (status === 'failed') throw new Error(error?.message);
    await setTimeout(20);
  }
}
