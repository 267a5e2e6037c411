import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { methods } from '../../src/contract/config.ts';
import type { FileToUpload, TrainingPlatform } from '../../src/platforms/platform.ts';
import { type Pipeline, smallDataSet } from '../support/pipeline.ts';
import { unique } from '../support/temporal.ts';
import { calledApart } from './apart.ts';
import { closedPort, failureOf, spec, until } from './support.ts';

/** Where the methods are tried, once it is open. */
export interface Opened {
  at: Pipeline;
  platform: TrainingPlatform;
  /** Of the catalogue. */
  model: string;
}

/** What each method keeps, on every platform. */
export function methodsConform(deploys: boolean, opened: () => Opened, patienceMs: number): void {
  async function file(key: string): Promise<FileToUpload> {
    const name = `${key}-train.jsonl`;
    const path = join(opened().at.folder, name);
    const content = smallDataSet();
    await writeFile(path, content);
    return { path, name, bytes: Buffer.byteLength(content) };
  }

  test('a file is found by the beginning of its name, is read as it was, and is deleted, also twice', async () => {
    const { platform } = opened();
    const key = unique('key');
    const remote = await platform.uploadFile(await file(key), {});
    expect(await platform.findFiles(`${key}-`)).toEqual([remote]);
    let text = '';
    for await (const chunk of platform.readFile?.(remote.id) ?? []) text += Buffer.from(chunk).toString();
    if (platform.readFile) expect(text).toBe(smallDataSet());
    for (const _ of [1, 2]) await platform.deleteFile(remote.id);
    expect(await platform.findFiles(`${key}-`)).toEqual([]);
  });

  test(
    'a job is found by its key and by its file; cancelled, also twice, it ends, and what it tells can still be read',
    async () => {
      const { platform, model } = opened();
      const key = unique('key');
      const since = Date.now();
      const { id: trainingFileId } = await platform.uploadFile(await file(key), {});
      const { id } = await platform.createJob(spec(trainingFileId, { key, model, runName: key }));
      if (platform.capabilities.uniqueKeys) {
        const again = await platform.createJob(spec(trainingFileId, { key, model, runName: key }));
        expect(again.id).toBe(id);
      }
      const query = { key, trainingFileIds: [trainingFileId], since };
      expect((await platform.findJobs(query)).map((job) => job.id)).toEqual([id]);
      for (const _ of [1, 2]) await platform.cancelJob(id);
      const { state, error } = await until(platform, id, (job) => ended.includes(job.state));
      expect({ state, error }).toEqual({ state: expect.stringMatching(/cancelled|succeeded/), error: undefined });
      await platform.cancelJob(id);
      const [newest] = await platform.newEvents(id, undefined);
      expect(await platform.newEvents(id, newest?.id)).toEqual([]);
      expect(Array.isArray(await platform.trainingCurve(id))).toBe(true);
      expect(Array.isArray(await platform.listCheckpoints(id))).toBe(true);
      await platform.deleteFile(trainingFileId);
    },
    patienceMs,
  );

  test('what is not there has a name, and is no hindrance to removing it', async () => {
    const { platform } = opened();
    const none = unique('none');
    expect(await platform.findFiles(none)).toEqual([]);
    expect(await platform.findJobs({ key: none, trainingFileIds: [], since: Date.now() })).toEqual([]);
    expect(await failureOf(platform.getJob(none))).toMatchObject({ status: 404, retry: 'never' });
    expect(await failureOf(platform.getModel(none))).toMatchObject({ code: 'model_not_found', status: 404 });
    await platform.deleteFile(none);
    await platform.deleteModel(none);
    const asked = platform.chat({ model: none, messages: hello, maxOutputTokens: 1, seed: 1 });
    expect(await failureOf(asked)).toMatchObject({ status: 404 });
    expect(await platform.deployments?.state(none)).toBe(deploys ? 'gone' : undefined);
    expect((await platform.deployments?.find(none)) ?? []).toEqual([]);
    await platform.deployments?.remove(none);
  });

  test('what is declared is kept', async () => {
    const { platform, model } = opened();
    const { capabilities } = platform;
    expect(platform.deployments !== undefined).toBe(deploys);
    expect(platform.catalogueEntry(model)?.methods).toContain('supervised');
    const untrained = methods.filter((method) => !capabilities.methods.includes(method));
    for (const method of untrained) {
      expect(await failureOf(platform.createJob(spec('none', { model, method })))).toMatchObject({ retry: 'never' });
    }
    if (!capabilities.pause) {
      for (const call of [platform.pauseJob, platform.resumeJob]) {
        expect(await failureOf(call('none'))).toMatchObject({ code: 'refused' });
      }
    }
    const unsigned = await failureOf(platform.verifyWebhook('{}', {}));
    expect(capabilities.webhooks ? ['missing_key', 'wrong_key'] : ['refused']).toContain(unsigned.code);
  });

  test('a platform that nobody answers for was certainly not reached', async () => {
    const { at } = opened();
    const port = await closedPort();
    const connection = at.settings.connections.simulator;
    const away = JSON.parse(JSON.stringify(connection).replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`));
    // Machines of one's own are reached over Temporal, which has tests of its own.
    if (JSON.stringify(away) === JSON.stringify(connection)) return;
    const told = await calledApart(away, 'checkAccess', [], at.settings.env);
    expect(told).toEqual({ code: 'platform_unreachable', retry: 'yes' });
  });
}

const ended = ['succeeded', 'failed', 'cancelled'];
const hello = [{ role: 'user', content: 'Hello' }];
