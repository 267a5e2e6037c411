import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStore } from '../../src/artifacts/index.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tunewright-source-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test.each(['pipe', 'device'])('a %s is refused at once: it may never end', async (kind) => {
  const path = kind === 'pipe' ? join(folder, 'pipe') : '/dev/null';
  if (kind === 'pipe') execFileSync('mkfifo', [path]);
  await expect(folderStore(join(folder, 'store')).putFile(path)).rejects.toMatchObject({
    code: 'source_unreadable',
    message: `${path} cannot be read (not a regular file).`,
    advice: 'Write its content to a file and name that: a pipe or a device may never end.',
  });
  expect(readdirSync(folder)).not.toContain('store');
});

test('a copy that is aborted midway ends and leaves nothing', async () => {
  const source = join(folder, 'source');
  await writeFile(source, Buffer.alloc(64 * 1024 * 1024, 'x'));
  const controller = new AbortController();
  const copying = folderStore(join(folder, 'store')).putFile(source, controller.signal);
  const ended = expect(copying).rejects.toMatchObject({ name: 'AbortError' });
  while (!readdirSync(folder).includes('store')) await new Promise(setImmediate);
  controller.abort();
  await ended;
  expect(readdirSync(join(folder, 'store', 'tmp'))).toEqual([]);
});

test('a store where a file is in the way is named', async () => {
  const path = join(folder, 'file');
  await writeFile(path, 'in the way');
  await expect(folderStore(path).put('hello')).rejects.toMatchObject({
    code: 'source_unreadable',
    message: 'The artifact store is not a folder.',
  });
});
