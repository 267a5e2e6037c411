import { connect } from '../../src/client/connect.ts';
import { startGateway } from '../../src/gateway/index.ts';
import { addDays } from '../../src/lifetimes/days.ts';
import { openRecords } from '../../src/records/index.ts';
import { type Outcome, tunewright } from '../support/command.ts';
import { type Listener, listener } from '../support/listener.ts';
import { type Pipeline, pipeline } from '../support/pipeline.ts';
import { testTemporal, unique } from '../support/temporal.ts';
import { type Account, day, filledAccount } from './account.ts';

// An account that was adopted and whose base model dies in 30 days, seen by all who want to know.

let at: Pipeline;
let account: Account;
let notices: Listener;

beforeAll(async () => {
  notices = await listener();
  at = await pipeline({ models: { 'stand-in-mini': { shutdownDate: day(30) } } }, { notices }, (usual) => {
    const [mini] = usual.catalogue.models;
    const models = [
      { ...mini, lastJobDate: day(20) },
      { ...mini, id: 'stand-in-next' },
      { ...mini, id: 'stand-in-brief', trainingContextTokens: 8 },
    ];
    return { ...usual, catalogue: { ...usual.catalogue, models } };
  });
  account = await filledAccount(at.simulator);
  const adoption = await at.client.adopt({ connection: 'simulator', budgetUsd: 0, dryRun: false, by: 'kim' });
  await adoption.result();
  const records = await openRecords(at.settings.records);
  await records.update({ model: 'support-desk', by: 'kim', owner: 'the desk' });
  await records.close();
});
afterAll(async () => {
  await at.close();
  await notices.close();
});

/** The command line over the same records. */
async function type(...args: string[]): Promise<Outcome> {
  return await tunewright(at.settings, args, { TUNEWRIGHT_RECORDS: at.settings.records });
}

test('the command tells what dies when, whose it is, until when it can be moved, and to what', async () => {
  const { code, stdout } = await type('models', 'expiring', '--json');
  expect(code).toBe(3);
  const { expiring, inService, lead } = JSON.parse(stdout);
  expect(inService).toBe(3);
  // No run has gone before: what is assumed takes 200 hours, 9 days.
  expect(lead).toEqual({ training: { hours: 24 }, evaluation: { hours: 8 }, approval: { hours: 168 } });
  const [dead, orders, desk] = expiring;
  expect(dead).toMatchObject({ modelId: account.models.dead, alias: 'candidate', gone: true, daysLeft: 0 });
  expect(orders).toMatchObject({ model: 'orders', version: 1, alias: 'champion', shutdownDate: day(30), daysLeft: 30 });
  expect(desk).toMatchObject({
    model: 'support-desk',
    version: 2,
    owner: 'the desk',
    connection: 'simulator',
    modelId: account.models.second,
    baseModel: 'stand-in-mini',
    lastJobDay: day(19),
    startBy: addDays(day(30), -10),
  });
  const own = desk.replacements.filter(({ connection }: { connection: string }) => connection === 'simulator');
  expect(own.map(({ model }: { model: string }) => model)).toContain('stand-in-next');
  expect(own.map(({ model }: { model: string }) => model)).not.toContain('stand-in-brief');
});

test('with less than that ahead nothing is due but what is gone, and people get a table', async () => {
  const { code, stdout } = await type('models', 'expiring', '--within', '29d');
  expect(code).toBe(3);
  const [, ...lines] = stdout.split('\n');
  expect(lines[0]).toContain('gone');
  expect(stdout).not.toContain('support-desk');
  expect(stdout).toContain('A migration is taken to need 24 h for training (assumed)');
  expect(stdout).toMatch(/`tunewright migrate (--all|[\w-]+) --to \S+ --dry-run` tells what carrying over comes to/);
});

test('the gateway tells a monitor the days that are left', async () => {
  const gateway = await startGateway(at.settings);
  try {
    const answer = await fetch(`${gateway.url}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    expect(text).toContain('# TYPE tunewright_model_days_left gauge\n');
    expect(text).toContain('tunewright_model_days_left{model="support-desk",version="2"} 30\n');
    expect(text).toMatch(/tunewright_model_days_left\{model="stand-in-mini-\w+",version="1"\} 0\n/);
  } finally {
    await gateway.close();
  }
});

test('a scheduled check gives notice of each and fails by name', async () => {
  const name = unique('dying');
  const { schedules } = at.client;
  await schedules.createExpiringCheck({ name, cron: '0 6 * * *', withinDays: 60 });
  await schedules.trigger(name);
  let id: string | undefined;
  while (id === undefined) {
    for await (const schedule of schedules.list()) if (schedule.name === name) id = schedule.recentRuns[0];
  }
  const temporal = await connect({ address: testTemporal(), namespace: 'default' });
  try {
    const failure = await temporal.workflow
      .getHandle(id)
      .result()
      .catch((error: Error) => error.cause);
    expect(failure).toMatchObject({ type: 'model_expiring' });
    expect((failure as Error).message).toContain(`Version 2 of "support-desk" is shut down on ${day(30)}, in 30 days`);
  } finally {
    await schedules.delete(name);
    await temporal.connection.close();
  }
  expect(await notices.of('support-desk', 'model_expiring')).toMatchObject({
    version: 2,
    owner: 'the desk',
    daysLeft: 30,
    startBy: addDays(day(30), -10),
  });
});

test('the whole from the command line: what is under way is told, and when the date has passed all is gone', async () => {
  const adopted = await type('adopt', '--connection', 'simulator', '--by', 'kim');
  expect(adopted).toMatchObject({ code: 0, stderr: '' });
  expect(adopted.stdout).toContain('simulator  4 jobs, 7 files (1 that no job names), 4 tuned models');
  expect(adopted.stdout).toContain('0 registered, 0 with a fuller kit, 4 unchanged');

  at.simulator.advanceClock(31 * 86_400_000);
  const { expiring } = JSON.parse((await type('models', 'expiring', '--json')).stdout);
  expect(expiring).toMatchObject([{ gone: true }, { gone: true }, { gone: true }]);
  await expect(account.client.models.retrieve(account.models.second)).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
  });
});
