import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TunewrightError } from '../src/contract/errors.ts';
import { askAll, createGrader } from '../src/evaluation/index.ts';
import { createPlatforms, standInConnection, standInKeyEnv } from '../src/platforms/registry.ts';
import { startSimulator } from '../src/simulator/index.ts';
import type { Figure } from './support/figure.ts';

const examples = 2_000;
const latencyMs = 200;
const requestsPerMinute = 1_200;
const concurrency = 32;
const reach = { used: 0.95, wasted: 0.01 };

interface Measured {
  seconds: number;
  /** Answers, of what the limit lets through in that time: its whole bucket, and what is filled in meanwhile. */
  used: number;
  /** Refused requests, of all. */
  wasted: number;
}

/** An evaluation within a platform's rate limit: how much of it is used, and how many requests are refused. */
export async function evaluation(): Promise<Figure[]> {
  const paced = await measured(true);
  const plain = await measured(false);
  const percent = (share: number, digits = 1) => `${(share * 100).toFixed(digits)}%`;
  return [
    {
      what: `share of the rate limit reached, ${examples} examples at ${requestsPerMinute} a minute and ${latencyMs} ms`,
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

/** @param paced whether the evaluation sees where the limit stands, or refusals alone */
async function measured(paced: boolean): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-bench-'));
  const simulator = await startSimulator({ dataDir: folder, latencyMs, requestsPerMinute });
  const platform = createPlatforms(
    { simulator: standInConnection(simulator.url) },
    { env: { [standInKeyEnv]: 'any' } },
  ).get('simulator');
  const alone = () => {
    throw new Error('This grader asks nobody.');
  };
  const messages = [{ role: 'user', content: 'Where is my parcel?' }];
  let requests = 0;
  let refused = 0;
  const begun = performance.now();
  try {
    await askAll({
      questions: Array.from({ length: examples }, (_, index) => ({ index, item: { reference: 'shipping' } })),
      async ask(_question, signal) {
        requests += 1;
        try {
          const { limits, ...answer } = await platform.chat({
            model: 'stand-in-mini',
            messages,
            seed: 1,
            maxOutputTokens: 16,
            signal,
          });
          return paced ? { ...answer, limits } : answer;
        } catch (error) {
          if (error instanceof TunewrightError && error.code === 'rate_limited') refused += 1;
          throw error;
        }
      },
      grader: createGrader({ type: 'exact_match', normalise: true }, { ask: alone, embed: alone, script: alone }),
      concurrency,
      batchSize: 40,
      onBatch: async () => {},
    });
    const seconds = (performance.now() - begun) / 1000;
    const allowed = requestsPerMinute * (1 + seconds / 60);
    return { seconds, used: examples / allowed, wasted: refused / requests };
  } finally {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}
