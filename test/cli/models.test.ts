import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RunLineage } from '../../src/contract/registry.ts';
import { openRecords } from '../../src/records/index.ts';
import { act, newRun, newVersion, registered } from '../records/support/samples.ts';
import { settings, type as typeIn } from './world.ts';

let folder: string;
let location: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-models-'));
});
beforeEach(() => {
  location = join(folder, `${++count}.sqlite`);
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const type = (...argv: string[]) =>
  typeIn(['models', ...argv], { loadSettings: async () => settings({ records: location }) });

async function json(...argv: string[]) {
  return JSON.parse((await type(...argv, '--json')).stdout);
}

/** Versions 1 to 3 of one model; nothing is promoted. */
async function three(): Promise<void> {
  const records = await openRecords(location);
  await registered(records, 2);
  const { lineage } = newVersion(3);
  const difference = { value: 0.339, low: 0.25, high: 0.438 };
  const score = { value: 0.821, low: 0.74, high: 0.881 };
  const other = { model: 'gpt-4.1-mini', score: { ...score, value: 0.482 }, pValue: 0 };
  const against = [
    { target: 'base', ...other, difference },
    { target: 'champion', ...other, difference: { value: -0.016, low: -0.107, high: 0.07 } },
  ];
  const gate = { decision: 'keep' as const, says: 'It does not pass the gate: the champion stays.' };
  const evaluation = { examples: 112, score, against, gate };
  const cost = { trainingUsd: 1.15, evaluationUsd: 0.02, simulated: true };
  await records.registerVersion(
    newVersion(3, { shutdownDate: '2099-01-14', lineage: { ...lineage, cost, evaluation } as RunLineage }),
  );
  await records.close();
}

test('without a model, it says so', async () => {
  expect((await type('list')).stdout).toBe('No models: no run has registered a version yet.\n');
  expect(await json('list')).toEqual([]);
  expect(await type('show', 'support-intents')).toMatchObject({
    code: 1,
    stderr: 'error: There is no model "support-intents".\n  what to do: `tunewright models list` shows the models.\n',
  });
});

test('promote, resolve and rollback, each by whom and why', async () => {
  await three();
  expect((await type('promote', 'support-intents', '1')).stdout).toBe(
    'Version 1 of support-intents is in service now.\n',
  );
  expect(await json('promote', 'support-intents', '3', '--by', 'kim', '--expect', '1')).toMatchObject({
    champion: 3,
    previous: 1,
    changed: true,
  });
  expect(await json('promote', 'support-intents', '2', '--expect', '1')).toMatchObject({ error: { code: 'conflict' } });
  expect((await type('resolve', 'support-intents', '--key', 'a')).stdout).toBe(
    'support-intents is ft:gpt-4.1-mini:acme:support-intents:3 at openai: version 3, champion, until 2099-01-14\n',
  );
  const rolledBack = await type('rollback', 'support-intents', '--reason', 'complaints', '--request-id', 'incident-7');
  expect(rolledBack.stdout).toBe('Version 1 of support-intents is in service now, in place of version 3.\n');
  // That the platform could not be asked, for want of a connection here, keeps nobody from rolling back.
  expect(rolledBack.stderr).toMatch(/^The platform could not be asked .*There is no connection "openai"/);
  await type('rollback', 'support-intents', '--reason', 'complaints', '--request-id', 'incident-7');
  const { audit } = await json('show', 'support-intents');
  expect(audit.slice(0, 2)).toMatchObject([
    { action: 'rollback', by: userInfo().username, from: '3', to: '1', reason: 'complaints', requestId: 'incident-7' },
    { action: 'promote', by: 'kim', from: '1', to: '3' },
  ]);
});

test('show prints versions with what they are worth, and the audit', async () => {
  await three();
  await type('promote', 'support-intents', '1', '--by', 'kim');
  await type('canary', 'support-intents', '3', '--share', '0.125', '--by', 'kim');
  await type('retire', 'support-intents', '2', '--reason', 'it leaks', '--by', 'kim');
  const { stdout } = await type('show', 'support-intents');
  const lines = stdout
    .split('\n')
    .map((line) => line.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'WHEN').replaceAll(/ +/g, ' '));
  expect(lines).toEqual([
    'support-intents champion: version 1',
    'canary: 12.5% to version 3 since WHEN; version 3 0 of 0 passed, version 1 0 of 0 passed',
    '',
    'version alias score 95% interval difference gate cost base model model connection registered shut down',
    ' 3 candidate 82.1% 74.0 to 88.1 -1.6 points on champion keep $1.17 gpt-4.1-mini ft:gpt-4.1-mini:acme:support-intents:3 openai WHEN 2099-01-14',
    ' 2 retired gpt-4.1-mini ft:gpt-4.1-mini:acme:support-intents:2 openai WHEN',
    ' 1 champion gpt-4.1-mini ft:gpt-4.1-mini:acme:support-intents:1 openai WHEN',
    '',
    'when who what version in place of why',
    'WHEN kim retired 2 it leaks',
    'WHEN kim canary started 3',
    'WHEN kim promoted 1',
    'WHEN worker registered 3',
    'WHEN worker registered 2',
    'WHEN worker registered 1',
    '',
  ]);
  expect((await type('list')).stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'name champion candidate canary versions owner tags',
    'support-intents 1 3 12.5% to 3 3',
    '',
  ]);
});

test.each([
  ['promotes it', ['promote', 'support-intents', '3']],
  ['goes back to it', ['rollback', 'support-intents', '3', '--reason', 'complaints']],
])('that the gate had kept a version out is told when a person %s all the same', async (_, command) => {
  await three();
  const { code, stderr } = await type(...command);
  expect(code).toBe(0);
  expect(stderr).toContain('The gate had not let it pass: It does not pass the gate: the champion stays.');
  expect((await type('promote', 'support-intents', '1')).stderr).not.toContain('gate');
});

test('a retired version is refused, a champion is not retired unless told', async () => {
  await three();
  await type('promote', 'support-intents', '1');
  expect(await json('retire', 'support-intents', '1', '--reason', 'old')).toMatchObject({
    error: { code: 'conflict', advice: expect.stringContaining('`--even-champion`') },
  });
  expect((await type('retire', 'support-intents', '2', '--reason', 'old')).stdout).toBe(
    'Version 2 of support-intents is retired. In service: version 1.\n',
  );
  expect(await json('promote', 'support-intents', '2')).toMatchObject({ error: { code: 'version_dead' } });
  expect((await type('retire', 'support-intents', '1', '--reason', 'all', '--even-champion')).stdout).toBe(
    'Version 1 of support-intents is retired. No version is in service.\n',
  );
  expect(await json('resolve', 'support-intents')).toMatchObject({ error: { code: 'no_champion' } });
});

test('a canary begins with a share and ends by --off', async () => {
  await three();
  await type('promote', 'support-intents', '1');
  expect(await json('canary', 'support-intents', '2')).toMatchObject({ error: { code: 'invalid_config' } });
  expect((await type('canary', 'support-intents', '2', '--share', '1.5')).code).toBe(2);
  expect((await type('canary', 'support-intents', '2', '--share', '0.1')).stdout).toBe(
    "Version 2 of support-intents gets 10% of the calls, by the caller's key. The rest goes to version 1.\n",
  );
  expect(await json('canary', 'support-intents', '--off')).toEqual({ model: 'support-intents', ended: true });
  expect((await type('canary', 'support-intents', '--off')).stdout).toBe('support-intents has no canary.\n');
});

test('tags, owner and description are set and taken off', async () => {
  await three();
  const tagged = await type('tag', 'support-intents', 'team=support', 'tier=1', '--owner', 'sam', '--remove', 'none');
  expect(tagged.stdout).toBe('Tags of support-intents: team=support, tier=1.\n');
  expect(await json('tag', 'support-intents', '--remove', 'tier')).toMatchObject({
    owner: 'sam',
    tags: { team: 'support' },
  });
  expect((await type('tag', 'support-intents', 'note=first', '--of', '1')).stdout).toBe(
    'Tags of version 1 of support-intents: note=first.\n',
  );
  expect((await type('tag', 'support-intents', 'nonsense')).code).toBe(2);
});

test('a name that does not exist, for whoever acts', async () => {
  const records = await openRecords(location);
  await expect(records.promote({ ...act(), version: 1 })).rejects.toMatchObject({ code: 'model_unknown' });
  await records.close();
  expect(await json('promote', 'none', '1')).toMatchObject({ error: { code: 'model_unknown' } });
});

test('runs are listed from the records, over years and page after page', async () => {
  const records = await openRecords(location);
  for (let year = 2000; year < 2026; year++) {
    await records.recordRun(newRun(`run-${year}`, `${year}-03-01T00:00:00.000Z`, { name: `run-${year}` }));
  }
  await records.close();
  const list = async (...argv: string[]) => {
    const world = { loadSettings: async () => settings({ records: location }) };
    const typed = await typeIn(['list', '--recorded', ...argv, '--json'], world);
    return JSON.parse(typed.stdout);
  };
  const names = async (...argv: string[]) => (await list(...argv)).map(({ name }: { name: string }) => name);
  expect(await names('--limit', '2')).toEqual(['run-2025', 'run-2024']);
  expect(await names('--limit', '1000')).toHaveLength(26);
  expect(await names('--since', '2010-01-01', '--until', '2012-01-01')).toEqual(['run-2011', 'run-2010']);
  expect(await names('--status', 'failed')).toEqual([]);
  expect(await list('--since', 'last year')).toMatchObject({ error: { code: 'invalid_config' } });
});
