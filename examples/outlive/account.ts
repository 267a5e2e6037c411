import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import OpenAI, { toFile } from 'openai';

const data = new URL('../support-intents/data.jsonl', import.meta.url);
const baseModel = 'stand-in-mini';

/** The tuned models of the account, by what they are here for. */
export interface Account {
  /** Made of a training file and a validation file. */
  desk: string;
  /** Made of a training file alone. */
  triage: string;
  /** Its training file was deleted since. */
  orders: string;
  /** Tuned in two steps, half of the intents each; the model of the first step was deleted since. */
  twoSteps: string;
}

interface Job {
  suffix: string;
  training: readonly string[];
  validation?: readonly string[];
  /** A tuned model to go on from. */
  model?: string;
  epochs?: number;
}

/** Of the sample data set a fifth, on which nothing is trained, and the rest; JSON lines. */
export async function samples(): Promise<{ training: string[]; validation: string[] }> {
  const lines = (await readFile(data, 'utf8')).trimEnd().split('\n');
  return { training: lines.filter((_, i) => i % 5 !== 0), validation: lines.filter((_, i) => i % 5 === 0) };
}

/** Fills an account as somebody's scripts have, by the official client and nothing of tunewright: four tuned models. */
export async function fillAccount(baseURL: string): Promise<Account> {
  const client = new OpenAI({ baseURL, apiKey: 'somebody', maxRetries: 0 });
  const { training, validation } = await samples();
  const intents = [...new Set(training.map(intentOf))].sort();
  const early = (line: string) => intents.indexOf(intentOf(line)) < intents.length / 2;

  const first = await tune(client, { suffix: 'Two Steps', training: training.filter(early) });
  const [desk, triage, orders, twoSteps] = await Promise.all([
    tune(client, { suffix: 'Support Desk', training, validation }),
    tune(client, { suffix: 'Triage', training }),
    tune(client, { suffix: 'Orders', training: training.toReversed(), validation }),
    tune(client, {
      suffix: 'Two Steps',
      training: training.filter((line) => !early(line)),
      validation,
      model: first.model,
      // More of it would overlay what the first step has taught.
      epochs: 1,
    }),
  ]);
  await client.files.delete(orders.trainingFile);
  await client.models.delete(first.model);
  return { desk: desk.model, triage: triage.model, orders: orders.model, twoSteps: twoSteps.model };
}

async function tune(client: OpenAI, { suffix, training, validation, model = baseModel, epochs = 3 }: Job) {
  const upload = async (lines: readonly string[], name: string) => {
    const file = await toFile(Buffer.from(`${lines.join('\n')}\n`), name);
    return (await client.files.create({ file, purpose: 'fine-tune' })).id;
  };
  const trainingFile = await upload(training, 'train.jsonl');
  const validationFile = validation && (await upload(validation, 'validation.jsonl'));
  const job = await client.fineTuning.jobs.create({
    model,
    suffix,
    seed: 7,
    method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: epochs } } },
    training_file: trainingFile,
    ...(validationFile === undefined ? {} : { validation_file: validationFile }),
  });
  return { trainingFile, model: await tuned(client, job.id) };
}

/** Waits for the end of a job. */
async function tuned(client: OpenAI, id: string): Promise<string> {
  for (;;) {
    const { status, fine_tuned_model: model, error } = await client.fineTuning.jobs.retrieve(id);
    if (status === 'succeeded' && model) return model;
    if (status === 'failed' || status === 'cancelled') throw new Error(`The job ${id} ${status}: ${error?.message}`);
    await setTimeout(50);
  }
}

function intentOf(line: string): string {
  return JSON.parse(line).messages.at(-1).content;
}
