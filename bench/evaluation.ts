import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graderContext } from '../src/activities/grading.ts';
import { TunewrightError } from '../src/contract/errors.ts';
import { graderSchema } from '../src/contract/graders.ts';
import { askAll, createGrader } from '../src/evaluation/index.ts';
import type { TrainingPlatform } from '../src/platforms/platform.ts';
import { createPlatforms, standInConnection, standInKeyEnv } from '../src/platforms/registry.ts';
import { startSimulator } from '../src/simulator/index.ts';
import type { Figure } from './support/figure.ts';

const examples = 2_000;
const latencyMs = 200;
const perMinute = 1_200;
const concurrency = 32;
const reach = { used: 0.95, wasted: 0.01 };
/** Tokens for which a question counts: as many as it may be answered with. */
const maxOutputTokens = 16;

interface Load {
  /** What it is called, after "share of". */
  what: string;
  limit: { requestsPerMinute: number } | { tokensPerMinute: number };
  /** The questions are asked of the model, or its answers are there and a judge is asked about each. */
  asked: 'model' | 'judge';
  /** Whether the evaluation sees where the limit stands, or refusals alone. */
  paced: boolean;
}

interface Measured {
  seconds: number;
  /** Answers, of what the limit lets through in that time: its whole bucket, and what is filled in meanwhile. */
  used: number;
  /** Refused requests, of all. */
  wasted: number;
}

/** An evaluation within a platform's rate limits: how much of them is used, and how many requests are refused. */
export async function evaluation(): Promise<Figure[]> {
  const requests = { requestsPerMinute: perMinute };
  const rows: Omit<Load, 'paced'>[] = [
    { what: 'the rate limit', limit: requests, asked: 'model' },
    { what: 'the limit of tokens', limit: { tokensPerMinute: perMinute * maxOutputTokens }, asked: 'model' },
    { what: "the judge's rate limit", limit: requests, asked: 'judge' },
  ];
  const figures: Figure[] = [];
  for (const row of rows) figures.push(...(await figuresOf(row)));
  return figures;
}

async function figuresOf(load: Omit<Load, 'paced'>): Promise<Figure[]> {
  const paced = await measured({ ...load, paced: true });
  const plain = await measured({ ...load, paced: false });
  const percent = (share: number, digits = 1) => `${(share * 100).toFixed(digits)}%`;
  return [
    {
      what: `share of ${load.what} reached, ${examples} examples at ${perMinute} a minute and ${latencyMs} ms`,
      measured: `${percent(paced.used)} (${paced.seconds.toFixed(1)} s)`,
      reach: { bound: `>= ${percent(reach.used, 0)}`, kept: paced.used >= reach.used },
      baseline: `${percent(plain.used)} (${plain.seconds.toFixed(1)} s) by refusals alone`,
    },
    {
      what: 'requests of it that were refused',
      measured: percent(paced.wasted, 2),
      reach: { bound: `<= ${percent(reach.wasted, 0)}`, kept: paced.wasted <= reach.wasted },
      baseline: `${percent(plain.wasted, 2)} by refusals alone`,
    },
  ];
}

async function measured({ limit, asked, paced }: Load): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-bench-'));
  const simulator = await startSimulator({ dataDir: folder, latencyMs, ...limit });
  const platforms = createPlatforms(
    { simulator: standInConnection(simulator.url) },
    { env: { [standInKeyEnv]: 'any' } },
  );
  const platform = platforms.get('simulator');
  const counts = { requests: 0, refused: 0 };
  const counted: TrainingPlatform = {
    ...platform,
    async chat(request) {
      counts.requests += 1;
      try {
        const { limits, ...answer } = await platform.chat(request);
        return paced && limits ? { ...answer, limits } : answer;
      } catch (error) {
        if (error instanceof TunewrightError && error.code === 'rate_limited') counts.refused += 1;
        throw error;
      }
    },
  };
  const messages = [{ role: 'user', content: 'Where is my parcel?' }];
  const begun = performance.now();
  try {
    await askAll({
      questions: Array.from({ length: examples }, (_, index) => ({ index, item: { reference: 'shipping' } })),
      ask: async (_question, signal) =>
        asked === 'judge'
          ? { text: 'shipping', inputTokens: 0, outputTokens: 0 }
          : await counted.chat({ model: 'stand-in-mini', messages, seed: 1, maxOutputTokens, signal }),
      grader: createGrader(
        graderSchema.parse(asked === 'judge' ? judge : { type: 'exact_match' }),
        graderContext({ platforms: { ...platforms, get: () => counted } }, { connection: 'simulator', seed: 1 }),
      ),
      concurrency,
      batchSize: 40,
      onBatch: async () => {},
    });
    const seconds = (performance.now() - begun) / 1000;
    const allowed = perMinute * (1 + seconds / 60);
    return { seconds, used: examples / allowed, wasted: counts.refused / counts.requests };
  } finally {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const judge = {
  type: 'score_model',
  model: 'stand-in-judge',
  input: [{ role: 'user', content: 'How close is {{sample.output_text}} to {{item.reference}}, from 0 to 1?' }],
  pass_threshold: 0.5,
};
