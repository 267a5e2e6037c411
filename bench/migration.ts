import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import OpenAI from 'openai';
import type { MigrationRequest } from '../src/contract/migration.ts';
import { type Figure, median, seconds } from './support/figure.ts';
import { type Measured, type Meter, startMeter } from './support/meter.ts';
import { sampleRun } from './support/sample.ts';
import { runScript } from './support/script.ts';
import { openWorld, type World } from './support/world.ts';

const repetitions = 5;
const trainingSeconds = 3;
const pollSeconds = 0.5;
const directLimitMs = 60_000;
const baseModel = 'stand-in-mini';

interface Turn {
  /** Of a migration: what it comes to, told before it is begun. */
  plan: Measured;
  /** From the confirmed plan to the promotion. */
  migration: Measured;
  /** An ordinary one, which compares with its base alone. */
  run: Measured;
  script: Measured;
}

/** What a migration takes, less the platform's own time, beside a run and a plain script that train and ask as much. */
export async function migration(): Promise<Figure[]> {
  const world = await openWorld({ trainingSeconds });
  try {
    const meter = await startMeter(world.simulator);
    try {
      await world.startWorker('built', { platformUrl: meter.url, connections: { second: {} } });
      await fill(world);
      const { took: adoption } = await timed(meter, async () => {
        const request = { connection: 'simulator', budgetUsd: 5, dryRun: false, by: 'bench' };
        await (await world.client.adopt(request)).result();
      });
      const turns: Turn[] = [];
      // In turns, so that what else this machine does falls upon both.
      for (let i = 0; i < repetitions; i++) {
        turns.push({
          ...(await migrate(world, meter, nameOf(i))),
          run: (await timed(meter, async () => await run(world))).took,
          script: await script(world, meter),
        });
      }
      return figures(adoption, turns);
    } finally {
      await meter.close();
    }
  } finally {
    await world.close();
  }
}

function figures(adoption: Measured, turns: Turn[]): Figure[] {
  const middle = (what: keyof Turn, part: keyof Measured) => seconds(median(turns.map((turn) => turn[what][part])));
  const beside = (part: keyof Measured) =>
    `${middle('run', part)} in a run, ${middle('script', part)} in a plain script`;
  return [
    {
      what: `migration, to the promotion, less the platform's own time; median of ${repetitions}`,
      measured: middle('migration', 'ownMs'),
      baseline: beside('ownMs'),
    },
    {
      what: `wall time of that migration, its job trains ${trainingSeconds} s`,
      measured: middle('migration', 'wallMs'),
      baseline: beside('wallMs'),
    },
    { what: 'its plan before it', measured: middle('plan', 'wallMs') },
    {
      what: `adoption of ${repetitions} models before it, answers asked, less the platform's own time`,
      measured: seconds(adoption.ownMs),
      baseline: `${seconds(adoption.wallMs)} wall time`,
    },
  ];
}

const nameOf = (index: number) => `desk-${index}`;

/** By the official client, as somebody's scripts would have done it. */
async function fill({ folder, simulator }: World): Promise<void> {
  const client = new OpenAI({ apiKey: 'somebody', baseURL: simulator.url, maxRetries: 0 });
  const upload = async (part: string) => {
    const file = createReadStream(join(folder, `${part}.jsonl`));
    return (await client.files.create({ file, purpose: 'fine-tune' })).id;
  };
  const files = { training_file: await upload('train'), validation_file: await upload('test') };
  for (let i = 0; i < repetitions; i++) {
    await client.fineTuning.jobs.create({ model: baseModel, seed: 1, suffix: nameOf(i), ...files });
  }
  for (;;) {
    const { data } = await client.fineTuning.jobs.list();
    if (data.every(({ status }) => status === 'succeeded')) return;
    await setTimeout(100);
  }
}

async function migrate({ client }: World, meter: Meter, model: string): Promise<Pick<Turn, 'plan' | 'migration'>> {
  const request: MigrationRequest = {
    ...{ model, connection: 'second', baseModel, margin: 0.1 },
    // The models of this account are alike: none is to be spared what another one was asked.
    changes: { pollSeconds, evaluation: { reuseAnswers: false } },
  };
  const { took: plan, result: planned } = await timed(meter, async () => await client.planMigration(request));
  const { took, result } = await timed(meter, async () => await (await client.migrate(request, planned)).result());
  if (!result.registered?.promoted) throw new Error(`${model} was not promoted: ${result.verdict.says}`);
  return { plan, migration: took };
}

async function run({ client }: World): Promise<void> {
  await (await client.start({ ...sampleRun(pollSeconds), evaluation: { reuseAnswers: false } })).result();
}

async function script({ folder }: World, meter: Meter): Promise<Measured> {
  const { begun, ended } = await runScript([meter.url, folder, String(pollSeconds)], directLimitMs);
  return meter.measured([begun, ended]);
}

async function timed<T>(meter: Meter, work: () => Promise<T>): Promise<{ took: Measured; result: T }> {
  const begun = Date.now();
  const result = await work();
  return { took: meter.measured([begun, Date.now()]), result };
}
