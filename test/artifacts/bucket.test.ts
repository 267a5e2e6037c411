import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { type ArtifactStore, openStore } from '../../src/artifacts/index.ts';
import type { ServerProcess } from '../../src/embedded/server-process.ts';
import { until } from '../faults/support/outcome.ts';
import { startMoto } from '../platforms/sagemaker/service/moto.ts';
import { withTrainers } from '../platforms/trainers.ts';
import { pipeline } from '../support/pipeline.ts';

const bucket = 'artifacts';
const address = `s3://${bucket}/team`;
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

withTrainers("artifacts in a bucket, by moto's server", () => {
  let folder: string;
  let moto: ServerProcess;
  let s3: S3;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tunewright-bucket-'));
    const { url, server } = await startMoto(folder);
    moto = server;
    s3 = new S3({ endpoint: url, region: 'us-east-1', credentials, forcePathStyle: true });
    await s3.createBucket({ Bucket: bucket });
    // Where the AWS SDK looks.
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
  });
  afterAll(async () => {
    s3.destroy();
    await moto.kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** As on a machine of its own. */
  const machine = (name: string, artifactCacheBytes?: number): ArtifactStore =>
    openStore({ artifacts: join(folder, name), artifactBucket: address, artifactCacheBytes });
  const keyOf = (sha256: string) => `team/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
  const filesOf = async (name: string) =>
    (await readdir(join(folder, name), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

  test('what one machine keeps another one reads', async () => {
    const ref = await machine('one').put('hello');
    expect(ref).toMatchObject({ bytes: 5, uri: `s3://${bucket}/${keyOf(ref.sha256)}` });
    expect(await machine('two').readText(ref)).toBe('hello');
    const chunks: Uint8Array[] = [];
    for await (const chunk of machine('three').read(ref)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('hello');
  });

  test('a file of several parts arrives as it was, and nothing of one that was broken off is left', async () => {
    const content = Buffer.alloc(130 * 1024 * 1024, 'abcdefg');
    const source = join(folder, 'large.bin');
    await writeFile(source, content);
    const ref = await machine('one').putFile(source);
    const { ETag } = await s3.headObject({ Bucket: bucket, Key: keyOf(ref.sha256) });
    expect(ETag).toMatch(/-3"$/);
    expect(await machine('two').path(ref)).toContain(ref.sha256.slice(2));

    await writeFile(source, 'x', { flag: 'a' });
    const uploads = async () => (await s3.listMultipartUploads({ Bucket: bucket })).Uploads ?? [];
    const breaking = new AbortController();
    const broken = expect(machine('one').putFile(source, breaking.signal)).rejects.toThrow();
    await until(uploads, (begun) => begun.length > 0);
    breaking.abort();
    await broken;
    expect(await uploads()).toEqual([]);
  });

  test('content that is there is not sent again', async () => {
    const ref = await machine('one').put('once');
    await s3.putObjectTagging({
      Bucket: bucket,
      Key: keyOf(ref.sha256),
      Tagging: { TagSet: [{ Key: 'seen', Value: '1' }] },
    });
    expect(await machine('two').put('once')).toEqual(ref);
    // Tags go when an object is written anew.
    const { TagSet } = await s3.getObjectTagging({ Bucket: bucket, Key: keyOf(ref.sha256) });
    expect(TagSet).toHaveLength(1);
  });

  test('content that is gone, or was altered, is named, and nothing of it is used', async () => {
    const gone = await machine('one').put('soon gone');
    await s3.deleteObject({ Bucket: bucket, Key: keyOf(gone.sha256) });
    await expect(machine('two').path(gone)).rejects.toMatchObject({ code: 'artifact_missing' });
    const ref = await machine('one').put('as it was');
    await s3.putObject({ Bucket: bucket, Key: keyOf(ref.sha256), Body: 'otherwise' });
    await expect(machine('two').readText(ref)).rejects.toMatchObject({ code: 'artifact_altered' });
    expect(await filesOf('two')).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ name: ref.sha256.slice(2) })]),
    );
    // One's own copy is still good.
    expect(await machine('one').readText(ref)).toBe('as it was');
  });

  test('a bucket that is not there is named with what to do', async () => {
    const store = openStore({ artifacts: join(folder, 'four'), artifactBucket: 's3://no-such-bucket' });
    await expect(store.put('hello')).rejects.toMatchObject({
      code: 'source_unreadable',
      message: expect.stringContaining('bucket'),
      advice: 'Make the bucket, or let TUNEWRIGHT_ARTIFACTS name one that is there.',
    });
  });

  test('of what lies at hand the longest unused goes when it is too much, and is fetched again when it is wanted', async () => {
    const store = machine('small', 3000);
    const refs = [];
    for (const letter of 'abcde') refs.push(await store.put(letter.repeat(1000)));
    const anHourAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const { parentPath, name } of await filesOf('small'))
      await utimes(join(parentPath, name), anHourAgo, anHourAgo);
    await store.path(refs[0] as (typeof refs)[0]);
    const last = await store.put('f'.repeat(1000));
    const left = (await filesOf('small')).map(({ name }) => name);
    expect(left).toContain(last.sha256.slice(2));
    expect(left).toContain(refs[0]?.sha256.slice(2));
    expect(left).toHaveLength(2);
    for (const [at, ref] of refs.entries()) expect(await store.readText(ref)).toBe('abcde'.charAt(at).repeat(1000));
  });

  test('a run keeps all that it needs there: another machine reads its report', async () => {
    const at = await pipeline({}, { artifactBucket: address });
    try {
      const run = await at.client.start(at.config());
      const { report } = await run.result();
      expect(JSON.parse(await machine('elsewhere').readText(report))).toMatchObject({ run: { name: run.name } });
    } finally {
      await at.close();
    }
  });
});
