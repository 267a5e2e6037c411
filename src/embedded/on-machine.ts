import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { PinnedBinary } from './pinned.ts';
import { NothingThere, type Search } from './search.ts';

const suffix = process.platform === 'win32' ? '.exe' : '';

/** The file name of a command on this platform. */
export const fileName = (command: string): string => `${command}${suffix}`;

/** Whether a path is a regular file that this user may execute. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The binary that the user's own environment variable names. */
export async function byVariable({ binary, env }: Search): Promise<string> {
  const named = env[binary.variable];
  if (!named) throw new NothingThere(`${binary.variable} is not set`);
  const path = resolve(named);
  if (!(await isExecutable(path))) throw new Error(`${binary.variable}: ${path} is not an executable file`);
  return identified(binary, path, binary.variable);
}

/** The first command of that name on the PATH. */
export async function onPath({ binary, env }: Search): Promise<string> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, fileName(binary.command));
    if (folder && (await isExecutable(path))) return identified(binary, resolve(path), 'PATH');
  }
  throw new NothingThere(`PATH: no ${binary.command} in it`);
}

/** The same path, once the program there has said that it is what its name says, and new enough. */
async function identified({ identity, command }: PinnedBinary, path: string, where: string): Promise<string> {
  if (!identity) return path;
  const answer = await promisify(execFile)(path, [identity.argument], { timeout: 10_000 }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const version = identity.answer.exec(answer)?.[1];
  if (!version) throw new Error(`${where}: ${path} does not answer ${identity.argument} as ${command} does`);
  if (version.localeCompare(identity.oldest, 'en', { numeric: true }) < 0)
    throw new Error(`${where}: ${path} is version ${version}, ${identity.oldest} or newer is needed`);
  return path;
}
