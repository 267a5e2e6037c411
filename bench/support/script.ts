import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const path = fileURLToPath(new URL('../direct.ts', import.meta.url));

/** What the plain script tells of itself; times in milliseconds since 1970. */
export interface ScriptTimes {
  begun: number;
  ended: number;
  cpuSeconds: number;
}

/** Runs `bench/direct.ts` as a process of its own. Rejects when it fails or takes longer than `timeout` ms. */
export async function runScript(args: readonly string[], timeout: number): Promise<ScriptTimes> {
  const quiet = '--disable-warning=ExperimentalWarning';
  const { stdout } = await promisify(execFile)(process.execPath, [quiet, path, ...args], { timeout });
  return JSON.parse(stdout) as ScriptTimes;
}
