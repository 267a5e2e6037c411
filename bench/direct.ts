import { createReadStream, readFileSync } from 'node:fs';
import { argv, stdout } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import OpenAI from 'openai';
import { ownCpuSeconds } from './support/usage.ts';

/**
 * What a run does at its platform, as a plain script: nothing is checked, kept or resumed; the client library
 * repeats a request that failed.
 * `node bench/direct.ts BASE_URL FOLDER POLL_SECONDS [RUNS]` prints when it began and ended, in milliseconds since 1970,
 * and what of the processor's seconds it used. At most 50 runs are in flight; one in all by default.
 */
const [, , baseURL, folder, pollSeconds, runs = '1'] = argv;
const baseModel = 'stand-in-mini';
const concurrency = 8;
/** More would wait for a connection, or be refused one. */
const atOnce = 50;
const client = new OpenAI({ baseURL, apiKey: 'any' });

interface Example {
  messages: OpenAI.Chat.ChatCompletionMessageParam[];
}

async function upload(part: string): Promise<string> {
  const file = await client.files.create({ file: createReadStream(`${folder}/${part}.jsonl`), purpose: 'fine-tune' });
  return file.id;
}

async function train(): Promise<string> {
  const [training_file, validation_file] = await Promise.all([upload('train'), upload('validation')]);
  let job = await client.fineTuning.jobs.create({ model: baseModel, training_file, validation_file, seed: 1 });
  while (job.status !== 'succeeded' || !job.fine_tuned_model) {
    if (job.status === 'failed' || job.status === 'cancelled') throw new Error(`The job ${job.status}.`);
    await setTimeout(Number(pollSeconds) * 1000);
    job = await client.fineTuning.jobs.retrieve(job.id);
  }
  return job.fine_tuned_model;
}

/** The share of right answers. */
async function accuracy(model: string, examples: Example[]): Promise<number> {
  const left = [...examples];
  let right = 0;
  async function ask(): Promise<void> {
    for (let example = left.shift(); example; example = left.shift()) {
      const messages = example.messages.slice(0, -1);
      const answer = await client.chat.completions.create({ model, messages, temperature: 0, seed: 1 });
      if (answer.choices[0]?.message.content === example.messages.at(-1)?.content) right += 1;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, ask));
  return right / examples.length;
}

async function run(): Promise<{ base: number; tuned: number }> {
  const model = await train();
  const lines = readFileSync(`${folder}/test.jsonl`, 'utf8').trimEnd().split('\n');
  const examples = lines.map((line) => JSON.parse(line) as Example);
  const [base, tuned] = await Promise.all([accuracy(baseModel, examples), accuracy(model, examples)]);
  return { base, tuned };
}

const begun = Date.now();
let left = Number(runs);
let scores: Awaited<ReturnType<typeof run>> | undefined;
async function runNext(): Promise<void> {
  while (left-- > 0) scores = await run();
}
await Promise.all(Array.from({ length: atOnce }, runNext));
const ended = Date.now();
stdout.write(`${JSON.stringify({ begun, ended, cpuSeconds: ownCpuSeconds(), ...scores })}\n`);
