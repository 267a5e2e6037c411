import { randomBytes } from 'node:crypto';
import type { UploadState } from '../../../src/platforms/platform.ts';
import { failureOf, textOf } from '../support.ts';
import { withTrainers } from '../trainers.ts';
import { bucket, openRegion, type Region } from './support.ts';

withTrainers('storage in S3', () => {
  let region: Region;
  beforeAll(async () => {
    region = await openRegion();
  });
  afterAll(async () => await region.close());

  test('a file is put into S3, found by the beginning of its name, and deleted, also twice', async () => {
    const { platform } = region;
    const remote = await platform.uploadFile(await region.file('key-1-train.jsonl'), {});
    await platform.uploadFile(await region.file('key-2-train.jsonl'), {});
    expect(remote).toEqual({ id: 'key-1-train.jsonl', name: 'key-1-train.jsonl', bytes: 7 });
    expect(await region.keys('team/files/key-1')).toEqual(['team/files/key-1-train.jsonl']);
    expect(await platform.findFiles('key-1-')).toEqual([remote]);
    expect(await platform.isFileReady(remote.id)).toBe(true);
    expect(await textOf(platform.readFile?.(remote.id))).toBe('a line\n');
    for (const _ of [1, 2]) await platform.deleteFile(remote.id);
    expect(await failureOf(textOf(platform.readFile?.(remote.id)))).toMatchObject({ code: 'not_found' });
    expect(await platform.findFiles('key-1-')).toEqual([]);
    expect(await platform.isFileReady(remote.id)).toBe(false);
  });

  test('all pages of a listing are read', async () => {
    const names = Array.from({ length: 1_003 }, (_, i) => `many-${i}`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(
        names.slice(at, at + 50).map(async (name) => await region.put(`team/files/${name}`, 'a line\n')),
      );
    }
    expect(await region.platform.findFiles('many-')).toHaveLength(names.length);
  });

  describe('in parts', () => {
    const mb = 1024 * 1024;
    const content = randomBytes(12 * mb);
    const inParts = () =>
      region.connect({ catalogue: { limits: { fileBytes: 1, partBytes: 5 * mb, parallelParts: 1 } } });
    const read = async (name: string) => {
      const { Body } = await region.s3.getObject({ Bucket: bucket, Key: `team/files/${name}` });
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    };

    /** An upload that breaks off behind its first part. */
    async function brokenOff(name: string): Promise<UploadState> {
      const cut = new AbortController();
      let state: UploadState | undefined;
      const onProgress = (done: number, now?: UploadState) => {
        state = structuredClone(now);
        if (done > 0) cut.abort(new Error('cut off'));
      };
      const uploading = inParts().uploadFile(await region.file(name, content), { onProgress, signal: cut.signal });
      await expect(uploading).rejects.toThrow();
      return state as UploadState;
    }

    test('one that was broken off goes on with what is missing', async () => {
      const resume = await brokenOff('resumed.jsonl');
      expect(resume.partIds.map((id) => id !== null)).toEqual([true, false, false]);
      const seen: number[] = [];
      const onProgress = (done: number) => void seen.push(done / mb);
      await inParts().uploadFile(await region.file('resumed.jsonl', content), { resume, onProgress });
      expect(seen).toEqual([5, 10, 12]);
      expect(await textOf(region.platform.readFile?.('resumed.jsonl'))).toBe(content.toString('utf8'));
      expect((await read('resumed.jsonl')).equals(content)).toBe(true);
      const about = { Bucket: bucket, Key: 'team/files/resumed.jsonl', ChecksumMode: 'ENABLED' } as const;
      expect((await region.s3.headObject(about)).ChecksumCRC32).toEqual(expect.any(String));
    });

    test('one that S3 does not know any more is begun anew', async () => {
      const resume = await brokenOff('anew.jsonl');
      await region.s3.abortMultipartUpload({ Bucket: bucket, Key: 'team/files/anew.jsonl', UploadId: resume.uploadId });
      await inParts().uploadFile(await region.file('anew.jsonl', content), { resume });
      expect((await read('anew.jsonl')).equals(content)).toBe(true);
    });
  });

  test('a bucket that is not there, and a store that is away, are named', async () => {
    const { connect, connection } = region;
    const elsewhere = connect({ storage: 's3://nobody-has-this/at-all' });
    expect(await failureOf(elsewhere.checkAccess())).toMatchObject({ code: 'not_found', retry: 'never' });
    const endpoints = { ...(connection?.endpoints as object), s3: 'http://127.0.0.1:9' };
    expect(await region.called({ ...connection, endpoints }, 'findFiles', '')).toEqual({
      code: 'platform_unreachable',
      retry: 'yes',
    });
    await expect(region.platform.checkAccess()).resolves.toBeUndefined();
  });

  test('a tuned model is there while S3 holds it, and is removed with its checkpoints', async () => {
    const { platform } = region;
    const job = `tunewright-${crypto.randomUUID()}-1`;
    const model = `tiny:${job}`;
    expect(await failureOf(platform.getModel(model))).toMatchObject({ code: 'model_not_found', status: 404 });
    await region.put(`team/jobs/${job}/output/model.tar.gz`, 'weights');
    await region.put(`team/checkpoints/${job}/checkpoints/checkpoint-20/config.json`, '{}');
    await region.put(`team/jobs/${job}0/output/model.tar.gz`, 'of another job');
    expect(await platform.getModel(model)).toEqual({ id: model });
    expect(await platform.getModel(`${model}:20`)).toEqual({ id: `${model}:20` });
    expect(platform.deleteModelCommand(model)).toBe(
      `aws s3 rm --recursive s3://${bucket}/team/jobs/${job}/ && aws s3 rm --recursive s3://${bucket}/team/checkpoints/${job}/`,
    );
    for (const _ of [1, 2]) await platform.deleteModel(model);
    expect(await region.keys('team/jobs/tunewright-')).toEqual([`team/jobs/${job}0/output/model.tar.gz`]);
  });

  test('base models are those of the connection, and names of the hub', async () => {
    const { platform } = region;
    expect(await platform.getModel('tiny')).toEqual({ id: 'tiny' });
    expect(await platform.getModel('Qwen/Qwen3-0.6B')).toEqual({ id: 'Qwen/Qwen3-0.6B' });
    expect(await failureOf(platform.getModel('nobody'))).toMatchObject({ code: 'model_not_found' });
  });
});
