import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isNativeError } from 'node:util/types';
import { fillCache } from './cache.ts';
import { type PinnedBinary, timeSkippingServer } from './pinned.ts';
import type { Search } from './search.ts';

const source = 'https://temporal.download';
const probeMs = 3_000;
const limitMs = 10 * 60 * 1000;

/** Has Temporal's SDK download a binary into an empty folder, under a name of its own choice. */
export type SdkDownload = (binary: PinnedBinary, folder: string) => Promise<unknown>;

/** The download that `@temporalio/testing` does, where that package is installed and its source answers. */
export const downloadBySdk = (search: Search): Promise<string> => downloadFrom(search, source, inChildProcess);

/**
 * Asks `url` for any answer first: the SDK's own download can take minutes to see that nothing is reachable.
 *
 * @throws Error with one line: the source does not answer within 3 s, or why the download failed
 */
export async function downloadFrom(search: Search, url: string, download: SdkDownload): Promise<string> {
  const { binary, note } = search;
  await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeMs) }).catch((error: unknown) => {
    throw new Error(`download: ${url} cannot be reached (${reason(error)})`);
  });
  note(`downloading ${binary.command} ${binary.version} from ${url}`);
  try {
    return await fillCache(search, async (folder) => {
      await download(binary, folder);
      const [file] = await readdir(folder);
      if (!file) throw new Error('nothing came');
      return join(folder, file);
    });
  } catch (error) {
    throw new Error(`download: ${reason(error)}`);
  }
}

/** Apart from this process, whose Temporal runtime must stay uninstalled until a worker chooses its settings. */
const inChildProcess: SdkDownload = (binary, folder) => {
  const script = fileURLToPath(new URL(`./sdk-download${extname(import.meta.url)}`, import.meta.url));
  const kind = binary === timeSkippingServer ? 'time-skipping' : 'dev-server';
  return promisify(execFile)(process.execPath, [script, kind, binary.version, folder], { timeout: limitMs });
};

/** One line: a failed `fetch` has its reason in the cause, a failed program on its standard error. */
function reason(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  if ('stderr' in error) {
    const said = String(error.stderr).split('\n');
    return said.find((line) => /^\[?\w*Error\b/.test(line)) ?? 'the SDK could not do it';
  }
  return isNativeError(error.cause) ? error.cause.message : error.message;
}
