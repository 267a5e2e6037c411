import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../src/config.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a process of its own, against the Temporal server and platform of `settings`. */
export async function tunewright(settings: Settings, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const config = join(settings.home, 'tunewright.json');
  await writeFile(config, JSON.stringify({ connections: settings.connections }));
  const options = {
    cwd: settings.home,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOME: settings.home,
      NO_COLOR: '1',
      TEMPORAL_ADDRESS: settings.temporal.address,
      TUNEWRIGHT_HOME: settings.home,
      TUNEWRIGHT_CONFIG: config,
      TUNEWRIGHT_TASK_QUEUE: settings.taskQueue,
      ...env,
    },
  };
  return await new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}
