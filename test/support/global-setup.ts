import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { searchAttributeTypes } from '../../src/contract/search-attributes.ts';
import { findBinary } from '../../src/embedded/binary.ts';
import { type DevServer, startDevServer } from '../../src/embedded/dev-server.ts';
import { temporalCli, timeSkippingServer } from '../../src/embedded/pinned.ts';

declare global {
  var sharedTemporal: { server: DevServer; folder: string } | undefined;
}

/** Once for all workers of all tests: bundling takes seconds. */
async function bundleWorkflows(folder: string): Promise<string> {
  const path = join(folder, 'workflows.bundle.js');
  const script = fileURLToPath(new URL('../../scripts/bundle-workflows.ts', import.meta.url));
  await promisify(execFile)(process.execPath, [script, path]);
  return path;
}

/** Finds both server binaries and starts the dev server that all tests of this run share. */
export default async function setUp(): Promise<void> {
  const note = (line: string) => {
    if (line.startsWith('downloading')) process.stderr.write(`${line}\n`);
  };
  const binary = await findBinary(temporalCli, { note });
  process.env.TEMPORAL_CLI_PATH = binary;
  process.env.TEMPORAL_TEST_SERVER_PATH = await findBinary(timeSkippingServer, { note });
  const folder = await mkdtemp(join(tmpdir(), 'tunewright-test-temporal-'));
  const server = await startDevServer({
    binary,
    headless: true,
    searchAttributes: searchAttributeTypes,
    logFile: join(folder, 'temporal.log'),
  });
  process.env.TUNEWRIGHT_TEST_TEMPORAL = server.address;
  process.env.TUNEWRIGHT_TEST_BUNDLE = await bundleWorkflows(folder);
  // The many processes that tests start compile the same modules: all but the first find them compiled.
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
  globalThis.sharedTemporal = { server, folder };
}
