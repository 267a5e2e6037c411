import { realpath } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TunewrightError } from '../../contract/errors.ts';
import type { Script } from '../graders/context.ts';
import { openScript, type ScriptLimits } from './script.ts';

const host = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './host.ts' : './host.js', import.meta.url));

/**
 * A user's module in processes of its own, with an empty environment so that it sees no key. It is the code of whoever
 * owns the folder that the worker's settings name, and may do what the worker may.
 */
export function moduleScript(path: string, folder: string, limits: ScriptLimits = {}): Script {
  return openScript(async () => {
    const file = await within(folder, path);
    const args = ['--disable-warning=ExperimentalWarning', host];
    const command = { file: process.execPath, args, folder: dirname(file), env: {}, settings: { module: file } };
    return { command, cleanUp: async () => {} };
  }, limits);
}

/** The module's path with all links followed. Throws `invalid_config` for one outside of the folder. */
async function within(folder: string, path: string): Promise<string> {
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(resolve(folder, path))]);
    if (file.startsWith(root + sep)) return file;
  } catch (cause) {
    throw outside(path, cause);
  }
  throw outside(path);
}

function outside(path: string, cause?: unknown): TunewrightError {
  return new TunewrightError('invalid_config', `The worker's folder of grader modules has no ${path}.`, {
    advice: 'Put the module into the folder that TUNEWRIGHT_GRADER_MODULES names, and name it by its path in there.',
    cause,
  });
}
