import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStore } from '../../src/artifacts/index.ts';
import type { AdoptionHandle } from '../../src/client.ts';
import type { AdoptedModel, AdoptionProgress } from '../../src/contract/adoption.ts';
import { fakeClient, fakeHandle, settings, type Typed, type } from './world.ts';

let artifacts: string;
beforeAll(async () => {
  artifacts = await mkdtemp(join(tmpdir(), 'tunewright-adopt-'));
});
afterAll(async () => await rm(artifacts, { recursive: true, force: true }));

const account = { connection: 'openai', jobs: 3, files: 5, models: 2, unusedFiles: 1, registeredByRuns: 1 };
const progress: AdoptionProgress = {
  ...{ stage: 'ask', accounts: [account], passedOver: ['The environment variable NO_KEY is not set.'] },
  ...{ names: 1, packed: 1, adopted: 1, fuller: 0, known: 1 },
  ...{ expectedUsd: 0.25, atMostUsd: 1.5, asked: 1, overBudget: 2, spentUsd: 0.125 },
};
const models: AdoptedModel[] = [
  {
    ...{ name: 'desk', version: 2, champion: true, connection: 'openai', modelId: 'ft:mini:acme:desk:2' },
    ...{ baseModel: 'mini', shutdownDate: '2027-01-14', train: 400, heldOut: 50, seen: 20 },
    ...{ answers: { examples: 50, passed: 44 }, gone: ['Its validation file file-1 is gone.'] },
  },
];

interface Asked extends Typed {
  requests: unknown[];
}

async function adopt(argv: string[], changes: Partial<AdoptionHandle> = {}, interrupt?: AbortSignal): Promise<Asked> {
  const requests: unknown[] = [];
  const ref = await folderStore(artifacts).put(JSON.stringify(models));
  const handle: AdoptionHandle = {
    ...{ name: 'adopt-tunewright-openai', url: undefined, joined: false },
    async *watch() {
      yield undefined;
      yield progress;
    },
    result: async () => ({ ...progress, models: ref }),
    ...changes,
  };
  const typed = await type(['adopt', ...argv], {
    directory: '/work/here',
    loadSettings: async () => settings({ artifacts }),
    async createClient() {
      const adopting = async (request: unknown) => {
        requests.push(request);
        return handle;
      };
      return { ...fakeClient([], fakeHandle([])), adopt: adopting };
    },
    ...(interrupt ? { interrupts: () => interrupt } : {}),
  });
  return { ...typed, requests };
}

test('options become what is asked for; a path is that of the folder in which it was typed', async () => {
  const options = ['--connection', 'openai', '--budget', '2.5', '--by', 'kim', '--held-out', 'data.jsonl'];
  const { requests } = await adopt([...options, '--model', 'ft:a', 'ft:b', '--dry-run']);
  expect(requests).toEqual([
    {
      ...{ connection: 'openai', budgetUsd: 2.5, by: 'kim', dryRun: true },
      ...{ heldOut: '/work/here/data.jsonl', models: ['ft:a', 'ft:b'] },
    },
  ]);
  expect((await adopt(['--by', 'kim'])).requests).toEqual([{ budgetUsd: 0, dryRun: false, by: 'kim' }]);
  expect(await adopt(['--budget', 'much'])).toMatchObject({ code: 2, requests: [] });
});

test('what was found, done and lost is told', async () => {
  const { code, stdout } = await adopt(['--budget', '1', '--by', 'kim']);
  expect(code).toBe(0);
  expect(stdout).toBe(`adoption: adopt-tunewright-openai

asking the models, 1 of 1 models packed, answers about $0.2500, 1 asked, $0.1250

openai  3 jobs, 5 files (1 that no job names), 2 tuned models (1 registered by runs)
passed over: The environment variable NO_KEY is not set.

name  version  alias     model                connection  shut down   examples     held out  right
desk        2  champion  ft:mini:acme:desk:2  openai      2027-01-14       400  50, 20 seen  44/50
seen: the model was trained on so many of its held-out examples, and looks better on them than it is.
ft:mini:acme:desk:2: Its validation file file-1 is gone.

2 were not asked: the most that they can cost was not left of the budget.
1 registered, 0 with a fuller kit, 1 unchanged; 1 asked for $0.1250 of $1.00; about $0.2500 was expected for all.
Next: the same with --budget 1.50 while the models answer: theirs are what successors are compared with.
`);
});

test('the next step is told: what dies when, once all answers are had that can be', async () => {
  const enough = async () => ({ ...progress, overBudget: 0, models: await folderStore(artifacts).put('[]') });
  expect((await adopt(['--budget', '2', '--by', 'kim'], { result: enough })).stdout).toContain(
    'Next: `tunewright models expiring` tells what dies when',
  );
});

test('a dry run speaks of what would be', async () => {
  const { stdout } = await adopt(['--dry-run', '--by', 'kim']);
  expect(stdout).toContain(
    '1 would be registered, 0 with a fuller kit, 1 unchanged; answers of their own would cost about $0.2500, at most $1.50.\nNext: the same without --dry-run, and with --budget 1.50 for their answers.',
  );
});

test('as JSON: that it has started, how far it has come, and every model', async () => {
  const { stdout } = await adopt(['--json', '--by', 'kim']);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { event: 'started', name: 'adopt-tunewright-openai', joined: false },
    { event: 'progress', progress },
    { event: 'ended', models },
  ]);
});

test('one that is under way is joined, and goes on when nobody watches any more', async () => {
  const interrupt = AbortSignal.abort('SIGINT');
  const { code, stderr } = await adopt(['--by', 'kim'], { joined: true }, interrupt);
  expect(code).toBe(130);
  expect(stderr).toBe(
    'An adoption of this is under way already: what it was started with holds.\n' +
      'Stopped watching; the adoption goes on. The same command follows it again.\n',
  );
});
