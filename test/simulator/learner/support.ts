import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, loadModel, type TrainEvent, type TrainRequest } from '../../../src/simulator/learner/index.ts';
import { seededRandom } from '../../../src/simulator/learner/random.ts';
import { runTraining } from '../../../src/simulator/learner/run-training.ts';

/** A question and the answer wanted. */
export type Pair = [question: string, completion: string];

export type Finished = Extract<TrainEvent, { type: 'done' }>;

export const folder = () => mkdtemp(join(tmpdir(), 'learner-'));
export const remove = (path: string) => rm(path, { recursive: true, force: true });

const SUBJECTS: Record<string, string[]> = {
  lost_card: ['lost', 'stolen', 'missing', 'vanished'],
  exchange_rate: ['dollars', 'euros', 'currency', 'yen'],
  forgotten_pin: ['code', 'digits', 'locked', 'forgot'],
};
const AROUND = ['please', 'help', 'today', 'my', 'with', 'about', 'again', 'why', 'how', 'urgent', 'what', 'it'];

/** Questions told apart by one word each; `seed` draws the other words. */
export function separable(count: number, seed = 0): Pair[] {
  const random = seededRandom(seed, 0);
  const other = () => AROUND[Math.floor(random() * AROUND.length)];
  const labels = Object.keys(SUBJECTS);
  return Array.from({ length: count }, (_, at) => {
    const label = labels[at % labels.length] ?? '';
    const word = SUBJECTS[label]?.[Math.floor(at / labels.length) % 4];
    return [`${other()} ${other()} ${word} ${other()}`, label];
  });
}

export async function writeChat(file: string, pairs: Pair[], system?: string): Promise<string> {
  const lines = pairs.map(([question, completion]) => {
    const turns = [
      { role: 'user', content: question },
      { role: 'assistant', content: completion },
    ];
    return JSON.stringify({ messages: system === undefined ? turns : [{ role: 'system', content: system }, ...turns] });
  });
  await writeFile(file, lines.join('\n'));
  return file;
}

/** A request for a training in `path`, of 3 epochs unless told otherwise. */
export function requestIn(path: string, trainFile: string, patch: Partial<TrainRequest> = {}): TrainRequest {
  return {
    trainFile,
    checkpointDir: join(path, 'checkpoints'),
    hyperparameters: { nEpochs: 3, batchSize: 4, learningRateMultiplier: 1, seed: 7 },
    ...patch,
  };
}

/** Trains in this thread and collects the events. */
export async function train(request: TrainRequest): Promise<TrainEvent[]> {
  return collect(runTraining(request, new Int32Array(new SharedArrayBuffer(4))));
}

export async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const collected: TrainEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

export function finished(events: TrainEvent[]): Finished {
  const last = events.at(-1);
  if (last?.type !== 'done') throw new Error(`Not finished: ${JSON.stringify(last)}`);
  return last;
}

export const fileBytes = async (events: TrainEvent[]) => readFile(finished(events).file, 'base64');
export const modelOf = async (events: TrainEvent[]) => (await loadModel(finished(events).file)).model;

/** The share of questions answered as wanted. */
export function accuracy(model: Parameters<typeof answer>[0], pairs: Pair[], system?: string): number {
  const before = system === undefined ? [] : [{ role: 'system', content: system }];
  const right = pairs.filter(([question, completion]) => {
    return answer(model, [...before, { role: 'user', content: question }]) === completion;
  });
  return right.length / pairs.length;
}
