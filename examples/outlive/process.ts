import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const quiet = '--disable-warning=ExperimentalWarning';

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a script of this repository to its end.
 *
 * @param told is told what it prints, as it comes
 */
export async function runScript(
  path: URL,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string },
  told: (text: string) => void = () => undefined,
): Promise<Outcome> {
  const child = spawn(process.execPath, [quiet, fileURLToPath(path), ...args], { ...options, stdio: 'pipe' });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      told(text);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...printed };
}
