import { connect } from '../../src/client/connect.ts';
import { runKey } from '../../src/contract/run-key.ts';
import type { Deployments } from '../../src/platforms/platform.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { type Typed, type } from '../cli/world.ts';
import { until } from '../faults/support/outcome.ts';
import { azureStandIn } from '../platforms/azure/support.ts';
import { holding } from '../support/holding.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';

const hourMs = 3_600_000;
const base = 'stand-in-mini';

/** Deployments at a simulated Azure, one of them named in the connection. */
describe('the command deployments', () => {
  const holds = holding();
  let at: Pipeline;
  let deployments: Deployments;
  beforeEach(async () => {
    at = await pipeline(
      {},
      {},
      ({ baseURL }) => azureStandIn(baseURL, { deployment: { hourlyUsd: 2 }, deployments: { [base]: 'ours' } }),
      [holds.around],
    );
    const { connections, env } = at.settings;
    deployments = createPlatforms(connections, { env }).get('simulator').deployments as Deployments;
    await deployments.create({ name: 'ours', model: base });
  });
  afterEach(async () => {
    holds.releaseAll();
    await at.close();
  });

  const typed = async (argv: string[], answer?: string): Promise<Typed> =>
    await type(['deployments', ...argv], {
      loadSettings: async () => at.settings,
      // Two hours from now, so that what stands has cost something.
      now: () => new Date(Date.now() + 2 * hourMs),
      ask: async () => answer,
    });

  /** A run whose tuned model is deployed: it is held up in its evaluation. */
  async function deployed() {
    const name = unique('stands');
    holds.hold(name, 'evaluateModel');
    const run = await at.client.start(at.config(), { name });
    await until(
      () => holds.isHeld(name),
      (held) => held,
    );
    const { runId, job } = await run.progress();
    return { run, name: `${runKey(runId, 1)}-tuned`, model: job?.model ?? '' };
  }
  test('shows what stands, whose it is, what it costs and has cost; that of a run that has ended is idle, and removed once a person says so', async () => {
    const { run, name, model } = await deployed();
    const { code, stdout } = await typed(['--json']);
    const found = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(found).toMatchObject({ connections: ['simulator'], problems: [] });
    const common = { connection: 'simulator', since: expect.any(String) };
    expect(found.deployments).toEqual([
      {
        ...common,
        name,
        model,
        owner: 'run',
        run: run.name,
        state: 'running',
        cost: { hourlyUsd: 2, soFarUsd: expect.closeTo(4, 0) },
        idle: false,
      },
      { ...common, name: 'ours', model: base, owner: 'configuration', idle: false },
    ]);
    const temporal = await connect(at.settings.temporal);
    await temporal.workflow.getHandle(run.name).terminate('for a test');
    await temporal.connection.close();
    const { stdout: table } = await typed([]);
    expect(table).toMatch(
      new RegExp(`${run.name}, terminated +2 h 0\\d? m.* +\\$2\\.00 +\\$4\\.\\d\\d +.tunewright reconcile. +idle`),
    );
    expect(table.trimEnd().split('\n').at(-1)).toBe(
      '2 deployments at simulator: $2.00 an hour, 1 without a known price, 1 idle. `tunewright deployments --remove NAME` removes one.',
    );

    expect(await typed(['--remove', name], 'n')).toMatchObject({ code: 1, stdout: 'It stays.\n' });
    const nobody = await typed(['--remove', name]);
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain('Say so by --yes.');
    expect((await typed(['--remove', name, '--json'], 'y')).code).toBe(1);
    expect(await deployments.find(name)).toHaveLength(1);
    expect((await typed(['--remove', name], 'y')).code).toBe(0);
    await until(
      async () => await deployments.state(name),
      (state) => state === 'gone',
    );
    const again = await typed(['--remove', name, '--yes']);
    expect(again.stderr).toContain(`No deployment ${name} stands.`);
  });

  test('one that stands by configuration is not removed, whatever is said', async () => {
    const { code, stderr } = await typed(['--remove', 'ours', '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain('stands by configuration');
    expect(await deployments.state('ours')).not.toBe('gone');
  });

  test('a platform that fails is a failure of the command, and no table of nothing', async () => {
    at.simulator.faults.add({ preset: 'server_error', method: 'GET', times: -1 });
    const { code, stdout } = await typed([]);
    expect(code).toBe(1);
    expect(stdout).toContain('error: simulator: ');
    expect(stdout).not.toMatch(/Nothing stands|No connection/);
  });
});

test('where nothing is deployed it says so', async () => {
  const at = await pipeline();
  try {
    const { code, stdout } = await type(['deployments'], { loadSettings: async () => at.settings });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No connection that was looked at deploys models.\n' });
  } finally {
    await at.close();
  }
});
