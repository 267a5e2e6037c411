import OpenAI from 'openai';
import { startGateway } from '../../src/gateway/index.ts';
import { createModels, withModels } from '../../src/models/index.ts';
import { until } from '../faults/support/outcome.ts';
import { azureStandIn } from '../platforms/azure/support.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { type Hosted, hosted, hourMs, model, nameOf } from './support.ts';

// Versions in service at a simulated Azure, where a model answers under a deployment alone.

const patienceMs = 600_000;
const question = { model, messages: [{ role: 'user' as const, content: 'where is my parcel red lamp 1000' }] };

let at: Pipeline;
let to: Hosted;
let endpoint: string;

beforeEach(async () => {
  at = await pipeline({}, {}, ({ baseURL }) => {
    endpoint = new URL(baseURL).origin;
    return azureStandIn(baseURL, { deployment: { hourlyUsd: 2 } });
  });
  to = await hosted(at);
});
afterEach(async () => {
  await to.close();
  await at.close();
});

/** Made at the platform under that name, ever. */
const made = (version: number) =>
  at.simulator.ledger().entries.filter(({ kind, id }) => kind === 'deployment' && id.startsWith(`${nameOf(version)}:`));
const only = async (version: number) =>
  await until(to.standing, (names) => names.length === 1 && names[0] === nameOf(version));

test(
  'a promoted version stands under one deployment of its own, which callers are told to ask',
  async () => {
    // Its answer is lost: it is not made twice.
    at.simulator.faults.add({ kind: 'drop-after', method: 'PUT', path: `/subscriptions/**/${nameOf(1)}` });
    await to.promoted(1);
    expect(await to.standing()).toEqual([nameOf(1)]);
    expect(made(1)).toHaveLength(1);
    const { modelId, deployment } = await to.records.resolve(model);
    expect(deployment).toBe(nameOf(1));
    expect(await to.records.listDeployments()).toMatchObject([
      {
        connection: 'simulator',
        name: nameOf(1),
        model,
        version: 1,
        modelId,
        by: 'gate',
        hourlyUsd: 2,
        inService: true,
      },
    ]);

    const models = createModels({ records: at.settings.records });
    const direct = new OpenAI({
      baseURL: `${endpoint}/openai/v1`,
      apiKey: 'none',
      defaultHeaders: { 'api-key': 'test-key' },
    });
    const { choices } = await withModels(direct, models).chat.completions.create(question);
    expect(choices[0]?.message.content).toBe('shipping');
    await models.close();

    const gateway = await startGateway(at.settings);
    const through = new OpenAI({ baseURL: `${gateway.url}/openai/v1`, apiKey: 'none' });
    expect((await through.chat.completions.create(question)).choices[0]?.message.content).toBe('shipping');
    await gateway.close();
  },
  patienceMs,
);

test(
  'what is replaced is removed by rule; a rollback brings it back, sees it answer, and then switches',
  async () => {
    await to.put(1);
    await to.put(2);
    await only(2);
    // Seen gone first, and then written down.
    const [, first] = await until(
      async () => await to.records.listDeployments(),
      ([, one]) => one?.endedAt !== undefined,
    );
    expect(first).toMatchObject({ version: 1, reason: 'It was in service no more.' });

    const back = await to.typed(['models', 'rollback', model, '--reason', 'complaints']);
    expect(back).toMatchObject({
      code: 0,
      stdout: `Version 1 of ${model} is in service now, in place of version 2.\n`,
    });
    expect(await to.records.resolve(model)).toMatchObject({ version: 1, deployment: nameOf(1) });
    expect(await to.deployments.state(nameOf(1))).toBe('ready');
    await only(1);
    expect(made(1)).toHaveLength(2);

    const ended = await until(
      async () => JSON.parse((await to.typed(['deployments', '--ended', '--json'])).stdout),
      ({ length }) => length === 2,
    );
    expect(ended).toMatchObject([{ version: 2 }, { version: 1, inService: false }]);
  },
  patienceMs,
);

test(
  'one that was replaced stands on for as long as the rule says, and takes a rollback at once',
  async () => {
    const serve = { keepPreviousHours: 24, lookSeconds: 0.2 };
    await to.promoted(1, { serve });
    await to.promoted(2, { serve });
    expect(await to.standing()).toEqual([nameOf(1), nameOf(2)]);
    const [second, first] = await to.records.listDeployments();
    expect(second).not.toHaveProperty('removeAt');
    const stays = Date.parse(first?.removeAt ?? '') - Date.now();
    expect(stays).toBeGreaterThan(23.9 * hourMs);
    expect(stays).toBeLessThanOrEqual(24 * hourMs);

    const shown = await to.typed(['deployments'], 3);
    expect(shown.stdout).toMatch(/intents, version 2 +3 h \d+ m.* +\$2\.00 +\$6\.\d\d +in service: stays/);
    expect(shown.stdout).toMatch(/intents, version 1 +3 h \d+ m.* +\$2\.00 +\$6\.\d\d +removed .* +idle/);
    const refused = await to.typed(['deployments', '--remove', nameOf(2), '--yes']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is in service') });

    await to.typed(['models', 'rollback', model, '--reason', 'complaints']);
    expect(await to.records.resolve(model)).toMatchObject({ version: 1, deployment: nameOf(1) });
    expect(made(1)).toHaveLength(1);
    expect((await to.typed(['deployments', '--remove', nameOf(2), '--yes'])).code).toBe(0);
    const { stdout } = await until(
      async () => await to.typed(['deployments', '--ended']),
      ({ stdout: told }) => told.includes('version 2'),
    );
    expect(stdout).toMatch(/intents, version 2 +gate .* \$0\.0\d+ .*removed by hand/);
    expect(await to.standing()).toEqual([nameOf(1)]);
  },
  patienceMs,
);

test(
  'nothing is switched to what does not answer',
  async () => {
    await to.put(1);
    await to.put(2);
    await only(2);
    at.simulator.set({ deployMs: 3_600_000 });
    const rollback = ['models', 'rollback', model, '--reason', 'complaints', '--wait', '3s', '--json'];
    const late = await to.typed(rollback);
    expect(late.code).toBe(1);
    expect(JSON.parse(late.stdout).error).toMatchObject({ code: 'not_deployed' });
    expect(await to.records.resolve(model)).toMatchObject({ version: 2, deployment: nameOf(2) });

    const gateway = await startGateway({ ...at.settings, gatewayKeys: [{ name: 'ops', key: 'k', mayChange: true }] });
    const answer = await fetch(`${gateway.url}/v1/models/${model}/rollback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
      body: JSON.stringify({ by: 'kim', reason: 'complaints' }),
    });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ error: { code: 'not_deployed' } });
    await gateway.close();
    // Not even by a way that asks no platform.
    const models = createModels({ records: at.settings.records });
    const blind = models.rollback({ model, by: 'kim', reason: 'complaints' });
    await expect(blind).rejects.toMatchObject({ code: 'not_deployed' });
    await models.close();
  },
  patienceMs,
);

test(
  'a deployment that is refused parks the run: a person deploys it again, or keeps the champion',
  async () => {
    at.simulator.faults.add({ kind: 'status', status: 400, method: 'PUT', path: `/subscriptions/**/${nameOf(1)}` });
    const run = await to.start();
    const { question } = await until(
      async () => await run.progress(),
      ({ status }) => status === 'parked',
    );
    expect(question).toMatchObject({ code: 'not_deployed', choices: [{ name: 'again' }, { name: 'keep' }] });
    await expect(to.records.resolve(model)).rejects.toMatchObject({ code: 'no_champion' });
    await run.decide('again');
    expect((await run.result()).registered).toMatchObject({ version: 1, promoted: true });
    expect(await to.standing()).toEqual([nameOf(1)]);
  },
  patienceMs,
);

test(
  'a worker that dies while it deploys leaves it to the next one, which makes no second',
  async () => {
    at.simulator.set({ deployMs: 4_000 });
    const run = await to.start({ evaluation: { maxExamples: 2 } });
    await until(to.standing, (names) => names.length === 1);
    await at.stopWorkers();
    await at.startWorker();
    expect((await run.result()).registered).toMatchObject({ version: 1, promoted: true });
    expect(made(1)).toHaveLength(1);
  },
  patienceMs,
);

test(
  'what its platform takes away while it is in service is made again; what is retired goes',
  async () => {
    await to.put(1);
    await to.deployments.remove(nameOf(1));
    await until(
      async () => made(1).length,
      (count) => count === 2,
    );
    await until(
      async () => await to.deployments.state(nameOf(1)),
      (state) => state === 'ready',
    );
    await to.typed(['models', 'retire', model, '1', '--reason', 'leaks', '--even-champion']);
    await until(to.standing, (names) => names.length === 0);
  },
  patienceMs,
);

test(
  'a model is served, and not any more, by hand; a canary stands beside its champion',
  async () => {
    await to.put(1, null);
    await to.put(2, null);
    expect(await to.standing()).toEqual([]);
    expect(await to.records.resolve(model)).not.toHaveProperty('deployment');

    const served = await to.typed(['models', 'serve', model, '--keep-previous', '0s', '--look-every', '0.2s']);
    expect(served.stdout).toContain('Version 2 answers.');
    await to.typed(['models', 'canary', model, '1', '--share', '1']);
    expect(await to.records.resolve(model, { key: 'customer' })).toMatchObject({ version: 1, deployment: nameOf(1) });
    await to.typed(['models', 'canary', model, '--off']);
    await only(2);
    expect((await to.typed(['models', 'serve', model, '--off'])).code).toBe(0);
    await until(to.standing, (names) => names.length === 0);
  },
  patienceMs,
);

test(
  'what was deployed and never went into service is not kept',
  async () => {
    await to.put(1);
    const before = await to.records.getVersion(model, 1);
    await to.records.registerVersion({ ...before, runKey: 'another', by: 'kim', tags: {} });
    const { createClient } = await import('../../src/client.ts');
    const client = await createClient({ ...at.settings.temporal, taskQueue: at.settings.taskQueue });
    const begun = await to.records.beginDeployment({ ...before, version: 2, name: nameOf(2), by: 'kim' });
    await client.keepDeployment(begun);
    await client.keepDeployment(begun);
    await until(
      async () => await to.records.getDeployment(begun.id),
      (one) => one?.readyAt !== undefined,
    );
    const { removeAt = '', readyAt = '' } = (await to.records.getDeployment(begun.id)) ?? {};
    expect(Date.parse(removeAt) - Date.parse(readyAt)).toBe(hourMs);
    await client.close();
  },
  patienceMs,
);
