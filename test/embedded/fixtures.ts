import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PinnedBinary } from '../../src/embedded/pinned.ts';

/** A folder of one test file's own, removed after its tests. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-embedded-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes an executable shell script and returns its path. */
export async function script(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A binary that no machine has. */
export const gadget: PinnedBinary = {
  command: 'gadget',
  variable: 'GADGET_PATH',
  version: '2.1.0',
  identity: { argument: '--version', answer: /^gadget version (\d+\.\d+\.\d+)/, oldest: '1.9.0' },
  pypi: { package: 'gadget-bin', wheels: { [`${process.platform}-${process.arch}`]: 'a'.repeat(64) } },
};

/** The name of its file in the cache. */
export const cachedName = `gadget-2.1.0-${process.platform}-${process.arch}`;
