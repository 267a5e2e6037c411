import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Connections } from '../../src/platforms/registry.ts';

/** What one call answers, or with which code it fails, in a process of its own. */
export async function calledApart(
  to: Connections[string] | undefined,
  method: string,
  args: readonly unknown[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<unknown> {
  const script = new URL('./call.ts', import.meta.url).pathname;
  const words = ['--disable-warning=ExperimentalWarning', script, JSON.stringify(to), method, JSON.stringify(args)];
  return JSON.parse((await promisify(execFile)(process.execPath, words, { env: { ...env } })).stdout);
}
