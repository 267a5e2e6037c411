import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import type { RunHandle } from '../../src/client.ts';
import type { ArtifactRef } from '../../src/contract/artifact.ts';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { smallDataSet } from '../support/pipeline.ts';
import { pendingOf, placeOf, scheduledOf } from './support/evaluations.ts';
import { type Hold, type Point, readNotes, writeHolds } from './support/holds.ts';
import { type Outcome, outcomeOf, until, config as usual } from './support/outcome.ts';
import { troubleOf, tryAgain } from './support/trouble.ts';
import { openWorld } from './support/world.ts';

// Between two activities somebody removes or changes a file of the artifact store. Each run has files of its own.

const world = await openWorld();
const connection = await Connection.connect({ address: world.address });
const temporal = new Client({ connection });
afterAll(async () => {
  await connection.close();
  await world.close();
});

/** What is done to a file, and what the run says of it. */
const harms = {
  removed: { error: 'artifact_missing', harm: async (path: string) => await rm(path) },
  altered: { error: 'artifact_altered', harm: async (path: string) => await rewrite(path, swapped) },
  'cut short': {
    error: 'artifact_altered',
    harm: async (path: string) => await rewrite(path, (text) => text.slice(0, text.length / 2)),
  },
};
type Harm = keyof typeof harms;

const rewrite = async (path: string, change: (text: string) => string) =>
  await writeFile(path, change(await readFile(path, 'utf8')));
/** Still JSON Lines of the same size: nothing but the hash can tell. */
const swapped = (text: string) => text.replaceAll('billing', 'bowling').replaceAll('shipping', 'shopping');

/** An artifact that an activity is about to read, which is called `of` in its input or in what it has told so far. */
interface Place {
  activity: string;
  at: Point;
  of: string;
}

const beforePaid: Place[] = [
  { activity: 'splitData 1', at: 'before', of: 'sources.train' },
  { activity: 'uploadFile 1', at: 'before', of: 'file' },
  { activity: 'uploadFile 2', at: 'before', of: 'file' },
];
const oncePaid: Place[] = [
  { activity: 'evaluateModel 1', at: 'before', of: 'test' },
  { activity: 'evaluateModel 2', at: 'before', of: 'test' },
  { activity: 'compareModels 1', at: 'before', of: 'rivals.0.evaluation.predictions' },
  { activity: 'compareModels 1', at: 'before', of: 'tuned.predictions' },
  { activity: 'writeReport 1', at: 'before', of: 'details' },
];
/** The answers that an evaluation has kept, when it is about to write them once more: what is only altered is replaced. */
const answers: Place = { activity: 'evaluateModel 1', at: 'PUT 2', of: 'batches.0' };
/** Named and not read: the data in the report, their questions where none was answered worse, and the report in the record. */
const namedOnly = [
  'compareModels 1 test',
  ...['parts.train', 'parts.validation', 'parts.test', 'tuned.predictions', 'rivals.0.evaluation.predictions'].map(
    (of) => `writeReport 1 ${of}`,
  ),
  ...['run.report', 'evaluations.0.evaluation.predictions', 'evaluations.1.evaluation.predictions'].map(
    (of) => `keepRecord 1 ${of}`,
  ),
];

const all = [...beforePaid, ...oncePaid];
const atReport = oncePaid.filter(({ activity }) => ['compareModels 1', 'writeReport 1'].includes(activity));
const tried: (Place & { what: Harm })[] = [
  ...all.map((place) => ({ ...place, what: 'removed' as const })),
  ...all.map((place) => ({ ...place, what: 'altered' as const })),
  ...atReport.map((place) => ({ ...place, what: 'cut short' as const })),
  { ...answers, what: 'removed' },
];
const cases = tried.map((one, index) => ({
  ...one,
  paid: !beforePaid.some(({ activity }) => activity === one.activity),
  run: `harmed-${index}`,
  twin: `undisturbed-${index}`,
  data: `data-${index}.jsonl`,
}));

/** What an activity that is held was given, or has kept by itself: how long answers took makes each run's files its own. */
async function namedTo(run: string, activity: string, of: string): Promise<ArtifactRef> {
  const input = (await inputsOf(run)).find((one) => one.activity === activity);
  const given = input?.refs.get(of);
  if (given) return given;
  const { pending } = await pendingOf(temporal, run);
  const held = pending.find((one) => placeOf(one.workflowId, one.activityId ?? '').activityId === input?.activityId);
  const [details] = held?.heartbeatDetails?.payloads ?? [];
  const refs = new Map(refsIn(details && defaultPayloadConverter.fromPayload(details)));
  return refs.get(of) as ArtifactRef;
}

/** The activities of a run, each with the artifacts that its input names. */
async function inputsOf(
  run: string,
): Promise<{ activity: string; activityId: string; refs: Map<string, ArtifactRef> }[]> {
  const scheduled = await scheduledOf(temporal, run);
  const counts = new Map<string, number>();
  return scheduled.map(({ activityId, activityType, input }) => {
    const name = activityType?.name ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const values = (input?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));
    return {
      activity: `${name} ${counts.get(name)}`,
      activityId: String(activityId),
      refs: new Map(refsIn(values[0])),
    };
  });
}

function refsIn(value: unknown, path: string[] = []): [string, ArtifactRef][] {
  if (typeof value !== 'object' || value === null) return [];
  if ('sha256' in value && 'uri' in value) return [[path.join('.'), value as ArtifactRef]];
  return Object.entries(value).flatMap(([key, inner]) => refsIn(inner, [...path, key]));
}

const start = async (name: string, data: string): Promise<RunHandle> => {
  const config: RunConfigInput = {
    ...usual,
    data: { train: data },
    evaluation: { maxExamples: 4, reuseAnswers: false },
  };
  return await world.client.start(config, { name });
};

const undisturbed = new Map<string, Outcome>();
/** The harmed files as they were. */
const kept = new Map<string, Kept>();
interface Kept {
  path: string;
  content: Buffer;
}

beforeAll(async () => {
  await Promise.all(
    cases.map(async ({ data, twin }, index) => {
      await writeFile(join(world.folder, data), smallDataSet().replaceAll(/billing|shipping/g, `$&-${index}`));
      undisturbed.set(twin, await outcomeOf(world, await start(twin, data)));
    }),
  );
  const holds: Record<string, Hold> = {};
  for (const { run, twin, activity, at } of cases) {
    const held = (await inputsOf(twin)).find((input) => input.activity === activity);
    holds[run] = { activityId: held?.activityId ?? '', at };
  }
  writeHolds(world.folder, holds);
  for (const { run, data } of cases) await start(run, data);
  await until(
    () => {
      const held = new Set(readNotes(world.folder).flatMap((note) => (note.held === undefined ? [] : [note.run])));
      return cases.filter(({ run }) => !held.has(run));
    },
    (missing) => missing.length === 0,
  );
  for (const { run, what, activity, of } of cases) {
    const path = fileURLToPath((await namedTo(run, activity, of)).uri);
    kept.set(run, { path, content: await readFile(path) });
    await harms[what].harm(path);
  }
  writeHolds(world.folder, {});
});

test('undisturbed, these are all the artifacts that activities are given', async () => {
  const given = (await inputsOf('undisturbed-0')).flatMap(({ activity, refs }) =>
    [...refs.keys()].map((of) => `${activity} ${of}`),
  );
  const read = all.map(({ activity, of }) => `${activity} ${of}`);
  expect(given.toSorted()).toEqual([...read, ...namedOnly].toSorted());
  const report = { comparison: { tuned: { score: { value: 1 } } } };
  expect(undisturbed.get('undisturbed-0')).toMatchObject({ jobs: 1, paid: 1, files: 2, report });
});

describe('a file is harmed before a job is paid: the run ends by the name of that', () => {
  test.each(cases.filter(({ paid }) => !paid))('$what $at $activity', async ({ what, run }) => {
    const nothing = { jobs: 0, paid: 0, files: 0 };
    expect(await outcomeOf(world, world.client.get(run))).toEqual({ ...nothing, error: harms[what].error });
  });
});

describe('a file is harmed once a job is paid: the run names it, and goes on when it is there again', () => {
  test.each(cases.filter(({ paid }) => paid))('$of $what $at $activity', async ({ what, run, twin }) => {
    const { error } = harms[what];
    expect(new Set(await troubleOf(temporal, run))).toEqual(new Set([error]));
    const handle = world.client.get(run);
    expect((await handle.progress()).live?.trouble).toMatch(
      /The artifact \w+ (is not in the store; it was put at file:\S+|was changed in the store)\.$/,
    );
    const { path, content } = kept.get(run) as Kept;
    await writeFile(path, content);
    await tryAgain(temporal, run);
    expect(await outcomeOf(world, handle)).toEqual(undisturbed.get(twin));
  });
});
