import { lstat, readFile, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { openDraft } from '../../src/datasets/draft.ts';
import { temporaryFolder } from './support.ts';

const files = temporaryFolder();

test('a link stays one, and the file that it is to is written', async () => {
  const target = await files.write('target.jsonl', 'old');
  const link = files.path('link.jsonl');
  await symlink(target, link);
  const draft = await openDraft(link, { inputs: [], force: true });
  await draft.write('new');
  await draft.keep();
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readFile(target, 'utf8')).toBe('new');
});

test('what is no plain file is not replaced', async () => {
  const path = files.path('socket');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    await expect(openDraft(path, { inputs: [] })).rejects.toMatchObject({
      code: 'invalid_config',
      message: `${path} is no plain file.`,
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
