import { Client, Connection } from '@temporalio/client';
import type { RunHandle } from '../../src/client.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { runKey } from '../../src/contract/run-key.ts';
import type { Deployments, TrainingPlatform } from '../../src/platforms/platform.ts';
import { type Connections, createPlatforms } from '../../src/platforms/registry.ts';
import { reconcile } from '../../src/reconcile/reconcile.ts';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { until } from '../faults/support/outcome.ts';
import { type Holding, holding } from '../support/holding.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';
import { methodsConform } from './methods.ts';

/** Where a platform's runs are tried. */
export interface Ground {
  /** The simulator is there for platforms that speak its protocols; the others have something of their own. */
  connection: (simulatorUrl: string) => Connections[string];
  /** What a run there wants beside. */
  config: Partial<RunConfigInput>;
  /** How the simulator is to be, where that is not as usual. */
  options?: Partial<SimulatorOptions>;
  /** False where jobs keep no metadata: they are known by their files alone. */
  keepsKeys?: false;
  close(): Promise<void>;
}

/** A platform that really trains takes its time. */
const patienceMs = 600_000;

/**
 * What every run and every method keeps, on every platform.
 *
 * @param deploys models answer only under deployments
 * @param within skips where something that the platform wants is not there
 */
export function runsConform(
  name: string,
  deploys: boolean,
  open: () => Promise<Ground>,
  within: typeof describe = describe,
): void {
  within(`runs on ${name}`, () => {
    let ground: Ground;
    let at: Pipeline;
    let platform: TrainingPlatform;
    let holds: Holding;
    beforeAll(async () => {
      holds = holding();
      ground = await open();
      at = await pipeline(ground.options, {}, (usual) => ground.connection(usual.baseURL), [holds.around]);
      platform = createPlatforms(at.settings.connections, at.settings).get('simulator');
    }, patienceMs);
    afterAll(async () => {
      await at?.close();
      await ground?.close();
    });

    const start = async (run = unique('conforms')): Promise<RunHandle> =>
      await at.client.start(at.config(ground.config), { name: run });
    const keyOf = async (run: RunHandle) => runKey((await run.progress()).runId, 1);
    /** What the platform holds of a run that costs, or is waited for. */
    async function left(run: RunHandle) {
      const key = await keyOf(run);
      const { jobs, files } = await platform.listHoldings(key);
      const deployments = (await platform.deployments?.find(key)) ?? [];
      return { jobs: jobs.map(({ state }) => state), files: files.length, deployments: deployments.length };
    }
    const heldBefore = async (run: RunHandle) => await until(() => holds.isHeld(run.name), Boolean, patienceMs);

    const model = () => ground.config.model ?? at.config().model;
    describe('each method', () => methodsConform(deploys, () => ({ at, platform, model: model() }), patienceMs));

    test(
      'one that succeeds has paid one job, though the answer of each activity was lost once; its model and its files stay, and no deployment',
      async () => {
        const run = unique('conforms');
        holds.lose(run);
        const handle = await start(run);
        const { model, job, comparison } = await handle.result();
        const key = await keyOf(handle);
        const { jobs, models } = await platform.listHoldings(key);
        expect(jobs).toMatchObject([{ id: job.id, state: 'succeeded', model }]);
        if (ground.keepsKeys !== false) expect(jobs).toMatchObject([{ key, runName: run }]);
        expect([...models]).toContain(model);
        expect(comparison.tuned).toMatchObject({ model, errors: 0 });
        expect(await left(handle)).toEqual({ jobs: ['succeeded'], files: 2, deployments: 0 });
      },
      patienceMs,
    );

    test(
      'one that tries two has paid a job for each and goes on with one; no deployment stays',
      async () => {
        const tries = [{ seed: 1 }, { seed: 2 }];
        const run = await at.client.start(at.config({ ...ground.config, budgetUsd: 20, tries }), {
          name: unique('conforms'),
        });
        const { model, tries: shown = [], comparison } = await run.result();
        expect(shown.map(({ status }) => status)).toEqual(['trained', 'trained']);
        expect(shown.find(({ chosen }) => chosen)?.job?.model).toBe(model);
        expect(comparison.tuned).toMatchObject({ model, errors: 0 });
        expect(await left(run)).toEqual({ jobs: ['succeeded', 'succeeded'], files: 4, deployments: 0 });
      },
      patienceMs,
    );

    const untilCreated = ['inspectData', 'splitData', 'checkAccess', 'uploadFile', 'createJob'];
    const stages = [...untilCreated, 'waitForJob', deploys ? 'deployModel' : 'warmUp', 'evaluateModel'];

    describe('one that is cancelled leaves nothing that costs', () => {
      const runs = new Map<string, RunHandle>();
      beforeAll(async () => {
        for (const activity of stages) {
          const run = unique(`cancelled-${activity}`);
          holds.hold(run, activity);
          runs.set(activity, await start(run));
        }
        for (const run of runs.values()) await heldBefore(run);
        for (const run of runs.values()) await run.cancel('No longer wanted.');
        holds.releaseAll();
      }, patienceMs);

      test.each(stages)(
        'before %s',
        async (activity) => {
          const run = runs.get(activity) as RunHandle;
          const { status } = await until(
            async () => await run.progress(),
            ({ status }) => status !== 'running' && status !== 'cancelling',
            patienceMs,
          );
          expect(status).toBe('cancelled');
          const { jobs, ...others } = await left(run);
          expect(others).toEqual({ files: 0, deployments: 0 });
          expect(jobs.filter((state) => state !== 'cancelled' && state !== 'succeeded')).toEqual([]);
          // Begun, it is waited for and stopped.
          const most = activity === 'createJob' || !untilCreated.includes(activity) ? 1 : 0;
          expect(jobs.length).toBeLessThanOrEqual(most);
        },
        patienceMs,
      );
    });

    test(
      'what a terminated one leaves is removed by reconcile',
      async () => {
        const run = unique('terminated');
        holds.hold(run, 'evaluateModel');
        const handle = await start(run);
        await heldBefore(handle);
        const connection = await Connection.connect({ address: at.settings.temporal.address });
        try {
          const client = new Client({ connection });
          await client.workflow.getHandle(run).terminate('Out of hand.');
          holds.releaseAll();
          await at.stopWorkers();
          const platforms = createPlatforms(at.settings.connections, at.settings);
          const connections = ['simulator'];
          const options = { client, platforms, connections, apply: true, olderThanMs: 0, now: Date.now() + 60_000 };
          const { problems, findings: found } = await until(
            async () => await reconcile(options),
            ({ findings }) => findings.some(({ verdict }) => verdict === 'leftover'),
          );
          expect(problems).toEqual([]);
          const standing = found.filter(({ kind }) => kind === 'deployment');
          const hourlyUsd = platform.deployments?.hourlyUsd(`${(await handle.progress()).job?.model}`);
          if (hourlyUsd) expect(Math.max(...standing.map(({ cost }) => cost?.soFarUsd ?? 0))).toBeGreaterThan(0);
          const gone = async () =>
            platform.deployments ? await noneStands(platform.deployments, await keyOf(handle)) : true;
          await until(gone, Boolean);
          // Without its files a job that keeps no metadata is known no more.
          const jobs = ground.keepsKeys === false ? [] : ['succeeded'];
          expect(await left(handle)).toEqual({ jobs, files: 0, deployments: 0 });
          const { findings } = await reconcile(options);
          expect(findings.filter(({ verdict }) => verdict === 'leftover')).toEqual([]);
        } finally {
          await connection.close();
        }
      },
      patienceMs,
    );
  });
}

async function noneStands(deployments: Deployments, key: string): Promise<boolean> {
  const states = await Promise.all(['base', 'tuned'].map(async (of) => await deployments.state(`${key}-${of}`)));
  return states.every((state) => state === 'gone');
}
