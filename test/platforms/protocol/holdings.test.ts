import { bench, connected, endpoint, failureOf, newJob, spec } from '../support.ts';

test('files and jobs are told by the beginning of name and key, with their times and the models there are', async () => {
  const at = await bench();
  const before = Math.floor(Date.now() / 1000) * 1000;
  const mine = await at.platform.uploadFile(await at.file('key-1-train.jsonl'), {});
  await at.platform.uploadFile(await at.file('other-key-1.jsonl'), {});
  const { id } = await newJob(at, { key: 'key-1', runName: 'mine' });
  await newJob(at, { key: 'other-key-1' });
  const { files, jobs, models } = await at.platform.listHoldings('key-');
  const handedIn = await at.platform.batches?.uploadFile(await at.file('key-1-base-batch.jsonl'), {});
  expect((await at.platform.listHoldings('key-')).files).toMatchObject([mine, handedIn]);
  expect(files).toEqual([{ ...mine, createdAt: expect.any(Number) }]);
  expect(jobs).toMatchObject([{ id, key: 'key-1', runName: 'mine' }]);
  for (const { createdAt } of [...files, ...jobs]) {
    expect(createdAt).toBeGreaterThanOrEqual(before);
    expect(createdAt).toBeLessThanOrEqual(Date.now());
  }
  expect(models.has('stand-in-mini')).toBe(true);
});

test('an endpoint that keeps no metadata tells a job by its training file, on every page', async () => {
  const jobs = ['file-1', 'file-2', 'file-1'].map((training_file, n) => ({
    id: `ftjob-${n}`,
    created_at: 1_790_000_000,
    status: 'running',
    training_file,
  }));
  const { url } = await endpoint(({ url }) => {
    const { pathname, searchParams } = new URL(url, 'http://here');
    const file = { id: 'file-1', filename: 'key-1-train', bytes: 1, purpose: 'fine-tune', created_at: 1_790_000_000 };
    if (!pathname.endsWith('/jobs')) return { data: pathname.endsWith('/files') ? [file] : [] };
    const start = jobs.findIndex((job) => job.id === searchParams.get('after')) + 1;
    return { data: jobs.slice(start, start + 1), has_more: start + 1 < jobs.length };
  });
  const held = await connected(url).listHoldings('key-');
  expect(held.jobs).toMatchObject([
    { id: 'ftjob-0', createdAt: 1_790_000_000_000, key: undefined },
    { id: 'ftjob-2', createdAt: 1_790_000_000_000, key: undefined },
  ]);
});

test('a listing that fails is never a part of one', async () => {
  const at = await bench();
  await at.platform.createJob(spec((await at.platform.uploadFile(await at.file('key-1-train.jsonl'), {})).id));
  at.simulator.faults.add({ preset: 'server_error', path: '/v1/models' });
  expect(await failureOf(at.platform.listHoldings('key-'))).toMatchObject({ code: 'platform_unavailable' });
});

test('the command that deletes a model names the variable of the key, and the id cannot leave its quotes', () => {
  const platform = connected('http://here/v1');
  expect(platform.deleteModelCommand("ft:m'; rm -rf /")).toBe(
    `curl -X DELETE -H "Authorization: Bearer $OPENAI_API_KEY" 'http://here/v1/models/ft%3Am%27%3B%20rm%20-rf%20%2F'`,
  );
});
