import { type Figure, median, seconds } from './support/figure.ts';
import { type Measured, type Meter, startMeter } from './support/meter.ts';
import { sampleRun } from './support/sample.ts';
import { runScript } from './support/script.ts';
import { openWorld, type World } from './support/world.ts';

const repetitions = 5;
const trainingSeconds = 3;
const pollSeconds = 0.5;
const reachMs = 3_000;
const directLimitMs = 60_000;

/** Orchestration overhead: wall time of a run less the platform's own time, beside a plain script of the same calls. */
export async function overhead(): Promise<Figure[]> {
  const world = await openWorld({ trainingSeconds });
  try {
    const meter = await startMeter(world.simulator);
    try {
      await world.startWorker('built', { platformUrl: meter.url });
      const runs: Measured[] = [];
      const scripts: Measured[] = [];
      // In turns, so that what else this machine does falls upon both.
      for (let i = 0; i < repetitions; i++) {
        runs.push(await run(world, meter));
        scripts.push(await script(world, meter));
      }
      return figures(runs, scripts);
    } finally {
      await meter.close();
    }
  } finally {
    await world.close();
  }
}

function figures(runs: Measured[], scripts: Measured[]): Figure[] {
  const ownMs = median(runs.map((one) => one.ownMs));
  return [
    {
      what: `orchestration overhead of a run, median of ${repetitions}`,
      measured: seconds(ownMs),
      reach: { bound: `<= ${seconds(reachMs)}`, kept: ownMs <= reachMs },
      baseline: `${seconds(median(scripts.map((one) => one.ownMs)))} in a plain script`,
    },
    {
      what: `wall time of that run, its job trains ${trainingSeconds} s`,
      measured: seconds(median(runs.map((one) => one.wallMs))),
      baseline: `${seconds(median(scripts.map((one) => one.wallMs)))} in a plain script`,
    },
  ];
}

async function run({ client }: World, meter: Meter): Promise<Measured> {
  const begun = Date.now();
  const started = await client.start(sampleRun(pollSeconds));
  await started.result();
  return meter.measured([begun, Date.now()]);
}

async function script({ folder }: World, meter: Meter): Promise<Measured> {
  const { begun, ended } = await runScript([meter.url, folder, String(pollSeconds)], directLimitMs);
  return meter.measured([begun, ended]);
}
