import { execFileSync } from 'node:child_process';
import { mkdtempSync, openAsBlob, readdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ArtifactStore, folderStore } from '../../src/artifacts/index.ts';

let folder = '';
let store: ArtifactStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-artifacts-'));
  store = folderStore(join(folder, 'store'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const ofHello = { sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', bytes: 5 };

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test('content is named by its hash, however it comes, and kept once', async () => {
  const source = join(folder, 'source.txt');
  await writeFile(source, 'hello');
  const writer = await store.writer();
  await writer.write('hel');
  await writer.write(Buffer.from('lo'));
  const refs = [
    await store.put('hello'),
    await store.put(pieces('he', 'llo')),
    await store.putFile(source),
    await writer.close(),
  ];
  for (const ref of refs) expect(ref).toMatchObject(ofHello);
  expect(await store.readText({ ...ofHello, uri: '' })).toBe('hello');
  expect(readdirSync(join(folder, 'store')).sort()).toEqual(['2c', 'tmp']);
  expect(readdirSync(join(folder, 'store', '2c'))).toHaveLength(1);
  expect(readdirSync(join(folder, 'store', 'tmp'))).toEqual([]);
});

test('a path is a file with the content', async () => {
  const ref = await store.put('hello');
  expect(await store.path(ref)).toBe(fileURLToPath(ref.uri));
});

test('content that is put again leaves the file alone: an upload under way reads it', async () => {
  const ref = await store.put('the same again');
  const blob = await openAsBlob(await store.path(ref));
  expect(await store.put('the same again')).toEqual(ref);
  expect(await blob.text()).toBe('the same again');
  expect(readdirSync(join(folder, 'store', 'tmp'))).toEqual([]);
});

test('content that was altered is refused, and healed when it is put again', async () => {
  const ref = await store.put('hello');
  await writeFile(fileURLToPath(ref.uri), 'hellO');
  await expect(store.readText(ref)).rejects.toMatchObject({ code: 'artifact_altered' });
  await expect(store.path(ref)).rejects.toMatchObject({ code: 'artifact_altered' });
  const seen: Uint8Array[] = [];
  const reading = (async () => {
    for await (const chunk of store.read(ref)) seen.push(chunk);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'artifact_altered' });
  expect(seen).toEqual([]);
  await store.put('hello');
  expect(await store.readText(ref)).toBe('hello');
});

test('content that is gone is named', async () => {
  const ref = await store.put('hello');
  await rm(fileURLToPath(ref.uri));
  await expect(store.readText(ref)).rejects.toMatchObject({
    code: 'artifact_missing',
    message: expect.stringContaining(ref.sha256),
  });
});

test('what lies in another store is named with its place, and with the setting that leads there', async () => {
  const elsewhere = folderStore(join(folder, 'elsewhere'));
  const ref = await elsewhere.put('hello');
  await expect(store.readText(ref)).rejects.toMatchObject({
    code: 'artifact_missing',
    message: expect.stringContaining(ref.uri),
    advice: expect.stringContaining('TUNEWRIGHT_ARTIFACTS'),
  });
});

test('files that cannot be read are refused with advice', async () => {
  await mkdir(join(folder, 'directory'));
  await expect(store.putFile(join(folder, 'absent'))).rejects.toMatchObject({ code: 'source_missing' });
  await expect(store.putFile(join(folder, 'directory'))).rejects.toMatchObject({ code: 'source_unreadable' });
});

test('nothing is left of content that broke off or was given up', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    throw new Error('broke off');
  }
  await expect(store.put(broken())).rejects.toThrow('broke off');
  const writer = await store.writer();
  await writer.write('half');
  await writer.abort();
  expect(readdirSync(join(folder, 'store'))).toEqual(['tmp']);
  expect(readdirSync(join(folder, 'store', 'tmp'))).toEqual([]);
});

test('a file whose taking is broken off, however soon, fails for that reason alone', async () => {
  const source = join(folder, 'source.txt');
  await writeFile(source, 'hello');
  const ends = new Set<string>();
  for (let ticks = 0; ticks < 60; ticks++) {
    const breaking = new AbortController();
    const put = store.putFile(source, breaking.signal).then(
      ({ sha256 }) => sha256,
      ({ name }: Error) => name,
    );
    for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve));
    breaking.abort();
    ends.add(await put);
  }
  expect([...ends].filter((end) => end !== ofHello.sha256)).toEqual(['AbortError']);
});

describe('on a disk of 1 MiB', () => {
  const disk = smallDisk();
  const onSmallDisk = disk ? test : test.skip;
  afterAll(() => {
    if (disk) execFileSync('umount', [disk]);
    if (disk) rmSync(disk, { recursive: true });
  });

  onSmallDisk(
    'a full disk is named, leaves nothing behind, and smaller content still fits (skipped where none can be mounted)',
    async () => {
      const small = folderStore(join(disk ?? '', 'store'));
      await expect(small.put(Buffer.alloc(2 * 1024 * 1024))).rejects.toMatchObject({
        code: 'disk_full',
        advice: expect.stringContaining('Free some space'),
      });
      expect(readdirSync(join(disk ?? '', 'store', 'tmp'))).toEqual([]);
      const ref = await small.put(Buffer.alloc(512 * 1024));
      expect((await small.readText(ref)).length).toBe(512 * 1024);
    },
  );
});

/** A file system of 1 MiB, where this user may mount one. */
function smallDisk(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'tunewright-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
}
