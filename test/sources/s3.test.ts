import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import type { ServerProcess } from '../../src/embedded/server-process.ts';
import { readS3 } from '../../src/sources/index.ts';
import { startMoto } from '../platforms/sagemaker/service/moto.ts';
import { withTrainers } from '../platforms/trainers.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const bucket = 'data';
const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => `${i}\n`).join(''));

/** In the environment, where the AWS SDK looks. */
function variables(changes: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

withTrainers("data from S3, by moto's server", () => {
  let folder: string;
  let moto: ServerProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tunewright-s3-'));
    const { url, server } = await startMoto(folder);
    moto = server;
    const s3 = new S3({ endpoint: url, region: 'us-east-1', credentials, forcePathStyle: true });
    await s3.createBucket({ Bucket: bucket });
    await s3.putObject({ Bucket: bucket, Key: 'team/train set.jsonl', Body: content });
    s3.destroy();
    variables({
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });
  afterAll(async () => {
    await moto.kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function read(key: string, options: Parameters<typeof readS3>[1] = {}, from = bucket): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readS3({ bucket: from, key }, options)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  test('an object is read, and how far it has come is told', async () => {
    const progress: [number, number | undefined][] = [];
    const onProgress = (done: number, total: number | undefined) => progress.push([done, total]);
    expect((await read('team/train set.jsonl', { onProgress })).equals(content)).toBe(true);
    expect(progress.at(-1)).toEqual([content.length, content.length]);
  });

  test.each([
    ['key', 'team/none.jsonl', bucket],
    ['bucket', 'team/train set.jsonl', 'nobodys'],
  ])('a %s that is not there is told', async (_, key, from) => {
    await expect(read(key, {}, from)).rejects.toMatchObject({
      code: 'source_missing',
      retry: 'never',
      message: expect.stringContaining(`s3://${from}/${key}`),
    });
  });

  test('a store that cannot be reached is tried again', async () => {
    const { AWS_ENDPOINT_URL_S3 } = process.env;
    variables({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' });
    await expect(read('team/train set.jsonl')).rejects.toMatchObject({ code: 'source_unreadable', retry: 'yes' });
    variables({ AWS_ENDPOINT_URL_S3, AWS_MAX_ATTEMPTS: undefined });
  });

  test('without a region the advice says what to set', async () => {
    const { AWS_REGION, AWS_CONFIG_FILE } = process.env;
    variables({ AWS_REGION: undefined, AWS_CONFIG_FILE: join(folder, 'none') });
    await expect(read('team/train set.jsonl')).rejects.toMatchObject({
      code: 'source_unreadable',
      retry: 'never',
      advice: expect.stringContaining('AWS_REGION'),
    });
    variables({ AWS_REGION, AWS_CONFIG_FILE });
  });
});

test('a store that falls silent in the middle of an object is given up, and tried again later', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': content.length, etag: '"1"' }).write(content.subarray(0, 1_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  variables({
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  try {
    const reading = async () => {
      for await (const _ of readS3({ bucket, key: 'a' }, { silenceMs: 100 }));
    };
    await expect(reading()).rejects.toMatchObject({ code: 'source_unreadable', retry: 'yes' });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a store of another address is asked for the bucket by the path, whatever the host is called', async () => {
  const asked: string[] = [];
  const server = createServer(({ headers, url }, response) => {
    asked.push(`${headers.host?.replace(/:.*/, '')}${url?.replace(/\?.*/, '')}`);
    response.end('a line');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  variables({ AWS_ENDPOINT_URL_S3: `http://localhost:${(server.address() as AddressInfo).port}` });
  try {
    for await (const _ of readS3({ bucket, key: 'team/a.jsonl' }));
    expect(asked).toEqual(['localhost/data/team/a.jsonl']);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
