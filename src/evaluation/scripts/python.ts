import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TunewrightError } from '../../contract/errors.ts';
import type { Script } from '../graders/context.ts';
import { harness } from './harness.ts';
import { openScript, type ScriptLimits } from './script.ts';

const run = promisify(execFile);

const memoryBytes = 1024 ** 3;
const fileBytes = 16 * 1024 ** 2;
/** Of one grade: what goes on behind a parent that has died ends by it. */
const cpuSeconds = 60;

/** Its own network, with nothing in it. */
const noNetwork = ['--user', '--map-current-user', '--net', '--'];

/**
 * A user's Python in processes that are locked down as far as the system lets them be: an empty environment, a folder of their
 * own, bounds on memory, files and processor time, no other processes; on Linux also no network, and no files but those
 * of Python's libraries. Elsewhere the interpreter itself refuses these.
 *
 * @param interpreter found on the worker's own PATH
 */
export function pythonScript(
  source: string,
  interpreter: string,
  limits: ScriptLimits = {},
  platform: NodeJS.Platform = process.platform,
): Script {
  return openScript(async () => {
    const python = await executableOf(interpreter);
    const folder = await mkdtemp(join(tmpdir(), 'tunewright-grader-'));
    const linux = platform === 'linux';
    networkTakenAway ??= works('unshare', [...noNetwork, 'true']);
    const apart = linux && (await networkTakenAway);
    const [file, before] = apart ? ['unshare', [...noNetwork, python]] : [python, []];
    const args = [...before, '-I', '-B', '-c', harness];
    const settings = { source, folder, memoryBytes, fileBytes, cpuSeconds, landlock: linux };
    return {
      // Numerical libraries start a thread a core where they may, and cannot here.
      command: { file, args, folder, env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }, settings },
      cleanUp: async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }),
    };
  }, limits);
}

const found = new Map<string, Promise<string>>();
let networkTakenAway: Promise<boolean> | undefined;

/** A name on the PATH may be a shell script that needs the environment to find its Python. */
async function lookUp(interpreter: string): Promise<string> {
  try {
    const { stdout } = await run(interpreter, ['-c', 'import sys; print(sys.executable)'], { timeout: 20_000 });
    return stdout.trim();
  } catch (cause) {
    throw new TunewrightError('invalid_config', `The worker has no Python under the name ${interpreter}.`, {
      advice: 'Install Python 3.8 or newer beside the worker, or name it in TUNEWRIGHT_PYTHON.',
      cause,
    });
  }
}

async function executableOf(interpreter: string): Promise<string> {
  const known = found.get(interpreter) ?? lookUp(interpreter);
  found.set(interpreter, known);
  // It may be installed by the time it is asked for again.
  known.catch(() => found.delete(interpreter));
  return await known;
}

async function works(file: string, args: readonly string[]): Promise<boolean> {
  return await run(file, [...args], { timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}
