import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { RunConfigInput } from '../../src/contract/config.ts';
import { createPlatforms } from '../../src/platforms/registry.ts';
import { type Pipeline, pipeline, smallDataSet } from '../support/pipeline.ts';
import { failureOf } from '../support/watching.ts';

let server: Server;
let origin: string;
let answers: number[];
let at: Pipeline;
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    const status = answers.shift() ?? 200;
    const content = url?.endsWith('.zst') ? zstdCompressSync(smallDataSet()) : smallDataSet();
    response.writeHead(status).end(status === 200 ? content : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  at = await pipeline({}, { dataHosts: [origin] });
});
beforeEach(() => {
  answers = [];
});
afterAll(async () => {
  await at.close();
  await new Promise((resolve) => server.close(resolve));
});

const start = async (data: RunConfigInput['data']) => await at.client.start(at.config({ data }));

test('a run reads its data from the web, also from a host that is out of order for a while', async () => {
  answers = [503, 503];
  const run = await start({ train: `${origin}/intents.jsonl` });
  const { comparison } = await run.result();
  expect(comparison.tuned.score.value).toBeGreaterThan(comparison.base.score.value);
});

test('compressed data are decompressed before they are kept, from the web and from a path', async () => {
  await writeFile(join(at.folder, 'data.jsonl.gz'), gzipSync(smallDataSet()));
  const runs = await Promise.all(
    [{ train: `${origin}/intents.jsonl.zst` }, { train: 'data.jsonl.gz' }, { train: 'data.jsonl' }].map(start),
  );
  const [web, path, plain] = await Promise.all(
    runs.map(async (run) => {
      await run.result();
      return { ...(await run.progress()).data, warnings: [] };
    }),
  );
  expect(web).toEqual(plain);
  expect(path).toEqual(plain);
});

test('a run reads its data from the platform, where an earlier run has left them', async () => {
  const first = await start({ train: 'data.jsonl' });
  await first.result();
  const platform = createPlatforms(at.settings.connections, at.settings).get('simulator');
  const kept = (await platform.findFiles('tunewright-')).find(({ name }) => name.includes('-train-'));
  const run = await start({ train: `platform:${kept?.id}`, test: 'data.jsonl' });
  expect((await run.result()).comparison.tuned.errors).toBe(0);
});

test.each([
  ['https://elsewhere.example/data.jsonl', 'forbidden'],
  ['platform:file-none', 'not_found'],
])('%s ends the run as %s before anything is uploaded', async (train, code) => {
  const before = at.simulator.ledger().totals.files;
  expect(await failureOf(await start({ train }))).toMatchObject({ code });
  expect(at.simulator.ledger().totals.files).toBe(before);
});

test.each([
  'ftp://files.example/data.jsonl',
  's3://bucket',
  'platform:',
  'https://files.example/data.jsonl?X-Amz-Signature=1234',
  'https://files.example/data.jsonl?v=1&AWSAccessKeyId=1234',
  'https://files.example/data.jsonl?X-Amz-%53ignature=1234',
  'https:///ann:secret@files.example/data.jsonl',
  'https://me:secret@files.example/data.jsonl',
])('%s is refused at once: nothing can be read there, or its key would stand in the history', async (train) => {
  await expect(start({ train })).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining('data.train'),
  });
});
