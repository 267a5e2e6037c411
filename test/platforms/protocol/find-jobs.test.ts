import { bench, connected, endpoint, newJob, spec } from '../support.ts';

test('a job is found by its key, whatever file it trains on', async () => {
  const at = await bench();
  const { id } = await newJob(at);
  await newJob(at, { key: 'key-2' });
  const found = await at.platform.findJobs({ key: 'key-1', trainingFileIds: [], since: 0 });
  expect(found.map((job) => job.id)).toEqual([id]);
  expect(await at.platform.findJobs({ key: 'key-3', trainingFileIds: [], since: 0 })).toEqual([]);
});

test('a job that is found by its key and by its file is one job', async () => {
  const at = await bench();
  const { id, trainingFileId } = await newJob(at);
  const found = await at.platform.findJobs({ key: 'key-1', trainingFileIds: [trainingFileId], since: 0 });
  expect(found.map((job) => job.id)).toEqual([id]);
});

test('a listing that lags shows the job when it has caught up', async () => {
  const at = await bench({ listLagMs: 60_000 });
  const { id } = await newJob(at);
  const query = { key: 'key-1', trainingFileIds: [], since: 0 };
  expect(await at.platform.findJobs(query)).toEqual([]);
  at.simulator.advanceClock(60_000);
  expect(await at.platform.findJobs(query)).toMatchObject([{ id }]);
});

test('jobs are found on every page', async () => {
  const at = await bench({ queueMs: 3_600_000 });
  const file = await at.platform.uploadFile(await at.file('train.jsonl'), {});
  for (let n = 0; n < 101; n++) await at.platform.createJob(spec(file.id));
  const found = await at.platform.findJobs({ key: 'key-1', trainingFileIds: [], since: 0 });
  expect(new Set(found.map(({ id }) => id)).size).toBe(101);
});

/** An endpoint that keeps no metadata and knows no filter, with jobs of these ages in seconds, in pages of two. */
async function plainEndpoint(now: number, ages: number[]) {
  const jobs = ages.map((age, n) => ({
    id: `ftjob-${n}`,
    created_at: Math.floor(now / 1000) - age,
    status: 'running',
    training_file: n % 2 ? 'file-other' : 'file-mine',
  }));
  return await endpoint(({ url }) => {
    const after = new URL(url, 'http://here').searchParams.get('after');
    const start = jobs.findIndex(({ id }) => id === after) + 1;
    return { data: jobs.slice(start, start + 2), has_more: start + 2 < jobs.length };
  });
}

test('an endpoint that keeps no metadata is asked for the training file', async () => {
  const now = Date.now();
  const { url } = await plainEndpoint(now, [0, 1, 2, 3, 4]);
  const found = await connected(url).findJobs({ key: 'key-1', trainingFileIds: ['file-mine'], since: now - 3_600_000 });
  expect(found.map(({ id }) => id)).toEqual(['ftjob-0', 'ftjob-2', 'ftjob-4']);
  // A filter that is not known must not make every job one of the run.
  expect(await connected(url).findJobs({ key: 'key-1', trainingFileIds: ['file-3'], since: 0 })).toEqual([]);
});

test('jobs much older than the run are not looked at; one of the same second is', async () => {
  const now = 1_790_000_000_999;
  const { url, requests } = await plainEndpoint(now, [0, 0, 1, 3_600, 3_600, 3_600, 3_600, 3_600]);
  const query = { key: 'key-1', trainingFileIds: ['file-mine'], since: now };
  expect((await connected(url).findJobs(query)).map(({ id }) => id)).toEqual(['ftjob-0', 'ftjob-2']);
  const byFile = requests.filter((request) => !request.url.includes('metadata'));
  expect(byFile).toHaveLength(2);
});
