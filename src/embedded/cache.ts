import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileName, isExecutable } from './on-machine.ts';
import { NothingThere, type Search } from './search.ts';

const unfinished = 'unfinished-';
const abandonedAfterMs = 60 * 60 * 1000;

function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.TUNEWRIGHT_CACHE) return resolve(env.TUNEWRIGHT_CACHE);
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'tunewright');
}

/** Version and platform are in the name: a home folder may be shared by machines of several kinds. */
function cachedFile({ binary, env }: Search): string {
  const { command, version } = binary;
  return join(cacheFolder(env), fileName(`${command}-${version}-${process.platform}-${process.arch}`));
}

/** The binary that an earlier search has fetched. */
export async function inCache(search: Search): Promise<string> {
  const path = cachedFile(search);
  if (!(await isExecutable(path))) throw new NothingThere(`cache: no ${path}`);
  return path;
}

/**
 * Puts a binary into the cache in one atomic step, so that a process beside this one sees it whole or not at all.
 *
 * @param fetch gets an empty folder, fills it and resolves to the binary's path in it
 * @returns the path in the cache
 */
export async function fillCache(search: Search, fetch: (folder: string) => Promise<string>): Promise<string> {
  const cache = cacheFolder(search.env);
  await mkdir(cache, { recursive: true });
  await sweep(cache);
  const folder = await mkdtemp(join(cache, unfinished));
  try {
    const fetched = await fetch(folder);
    await chmod(fetched, 0o755);
    const path = cachedFile(search);
    await rename(fetched, path);
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what a killed process left half fetched. */
async function sweep(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(unfinished)) continue;
    const folder = join(cache, name);
    const made = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (made !== undefined && Date.now() - made > abandonedAfterMs) await rm(folder, { recursive: true, force: true });
  }
}
