import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSimulator } from './process.ts';
import {
  ask,
  bench,
  chatLines,
  clientFor,
  createJob,
  ended,
  pairLines,
  tempDir,
  trained,
  until,
  uploadText,
} from './support.ts';

const QUESTIONS = ['where is my parcel', 'I lost the bank card', 'refund the order please', 'something else', 'log in'];

/** Everything a client can learn of a model: its answers, drawn at random too, and its losses. */
async function portrait(client: Parameters<typeof ask>[0], id: string) {
  const job = await client.fineTuning.jobs.retrieve(id);
  const model = String(job.fine_tuned_model);
  const answers = [];
  for (const content of QUESTIONS) {
    const messages = [{ role: 'user' as const, content }];
    const { choices } = await client.chat.completions.create({ model, messages, temperature: 2, seed: 3, n: 10 });
    answers.push(choices.map((choice) => choice.message.content));
  }
  const results = await (await client.files.content(String(job.result_files[0]))).text();
  return { answers, results, tokens: job.trained_tokens };
}

describe('a process killed with kill -9', () => {
  // With no pace set, steps are shown as they are computed; this many take over a second.
  const hyperparameters = { n_epochs: 50, batch_size: 1 };
  type Client = Parameters<typeof ask>[0];
  const supervised = async () => ({ lines: chatLines(6000), hyperparameters });
  const preference = async (client: Client) => ({
    lines: pairLines(6000),
    method: { type: 'dpo' as const, dpo: { hyperparameters } },
    model: (await trained(client)).fine_tuned_model,
  });

  test.each([
    ['a supervised training', supervised, 1],
    ['a training by preference that goes on from another', preference, 2],
  ])('in the midst of %s, twice: the job ends as if nothing had happened, and is paid once', async (_, jobIn, jobs) => {
    const undisturbed = await bench();
    const reference = await trained(undisturbed.client, await jobIn(undisturbed.client));

    const dataDir = await tempDir();
    let simulator = await spawnSimulator(dataDir);
    let client = clientFor(simulator.url, { validate: false });
    await fetch(new URL('/admin/models', simulator.url), {
      method: 'PATCH',
      body: JSON.stringify({ 'gpt-4.1-mini': { shutdownDate: null } }),
    });
    const { id } = await createJob(client, await jobIn(client));
    const stepsShown = async () => {
      const { data } = await client.fineTuning.jobs.listEvents(id, { limit: 1 });
      return Number((data[0]?.data as { step?: number } | undefined)?.step ?? 0);
    };
    for (const killAt of [1, 100_000]) {
      await until(stepsShown, (step) => step >= killAt);
      expect((await client.fineTuning.jobs.retrieve(id)).status).toBe('running');
      await simulator.end('SIGKILL');
      simulator = await spawnSimulator(dataDir);
      client = clientFor(simulator.url, { validate: false });
    }
    expect((await ended(client, id)).status).toBe('succeeded');
    expect(await portrait(client, id)).toEqual(await portrait(undisturbed.client, reference.id));
    const events = [];
    for await (const event of client.fineTuning.jobs.listEvents(id, { limit: 100 })) events.push(event.message);
    expect(new Set(events).size).toBe(events.length);

    expect(await simulator.end('SIGTERM')).toBe(0);
    const after = await bench({ dataDir });
    expect(after.sim.ledger().totals).toMatchObject({ files: jobs, jobs, trainings: jobs });
  });
});

describe('a start', () => {
  test('goes on with files, jobs, models, faults, settings and the clock of the process before', async () => {
    const first = await bench({ fileProcessingMs: 60_000 });
    const file = await uploadText(first.client, chatLines(40));
    const waiting = await createJob(first.client, { training_file: file.id });
    first.sim.faults.add({ preset: 'server_error', path: '/v1/models', times: 2 });
    await expect(first.client.models.list()).rejects.toThrow('500');
    first.sim.set({ trainingSeconds: 120 });
    first.sim.advanceClock(30_000);
    await first.sim.close();

    const second = await bench({ dataDir: first.dataDir });
    expect((await second.http('GET', '/admin/settings')).json).toMatchObject({ trainingSeconds: 120 });
    expect((await second.client.files.retrieve(file.id)).status).toBe('uploaded');
    second.sim.advanceClock(30_000);
    expect((await second.client.files.retrieve(file.id)).status).toBe('processed');
    await expect(second.client.models.list()).rejects.toThrow('500');
    await second.client.models.list();
    const read = () => second.client.fineTuning.jobs.retrieve(waiting.id);
    await until(read, (job) => job.status === 'running');
    second.sim.advanceClock(119_000);
    expect((await read()).status).toBe('running');
    second.sim.advanceClock(2_000);
    const done = await ended(second.client, waiting.id);
    await second.sim.close();

    const third = await bench({ dataDir: first.dataDir });
    expect(await ask(third.client, String(done.fine_tuned_model), 'where is my parcel')).toBe('delivery');
  });

  test('a paused job stays paused and can go on', async () => {
    const first = await bench({ trainingSeconds: 3600 });
    const jobs = (url: string) => clientFor(url, { validate: false }).fineTuning.jobs;
    const { id } = await createJob(first.client);
    await until(
      () => jobs(first.sim.url).retrieve(id),
      (job) => job.status === 'running',
    );
    await jobs(first.sim.url).pause(id);
    await first.sim.close();
    const second = await bench({ dataDir: first.dataDir });
    expect((await jobs(second.sim.url).retrieve(id)).status).toBe('paused');
    await jobs(second.sim.url).resume(id);
    second.sim.advanceClock(3_600_000);
    expect((await ended(second.client, id)).status).toBe('succeeded');
  });

  test('is not disturbed by half-written files and rows, and removes what nothing names', async () => {
    const first = await bench();
    const file = await uploadText(first.client, chatLines(12));
    await first.sim.close();
    const files = join(first.dataDir, 'files');
    await writeFile(join(files, 'file-x.123.partial'), 'half');
    await writeFile(join(files, 'file-unrecorded'), 'whole but never recorded');
    await mkdir(join(first.dataDir, 'jobs', 'ftjob-unrecorded'), { recursive: true });
    await appendFile(join(first.dataDir, 'platform.sqlite-wal'), 'half a page of a transaction never committed');

    const second = await bench({ dataDir: first.dataDir });
    expect((await second.client.files.list()).data.map(({ id }) => id)).toEqual([file.id]);
    expect(await readdir(files)).toEqual([file.id]);
    expect(await readdir(join(first.dataDir, 'jobs'))).toEqual([]);
  });

  test('says so when the port is taken or the folder is in use', async () => {
    const { sim, dataDir } = await bench();
    await expect(bench({ port: sim.port })).rejects.toThrow(
      `Port ${sim.port} on 127.0.0.1 is taken. Stop the process that listens there or choose another port`,
    );
    await expect(bench({ dataDir })).rejects.toThrow(`Another simulator uses ${dataDir}.`);
  });
});
