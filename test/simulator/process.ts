import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onEnd } from './support.ts';

const MAIN = join(import.meta.dirname, '../../src/simulator/main.ts');

/** A simulator in a process of its own. */
export interface SimulatorProcess {
  url: string;
  child: ChildProcess;
  /** Ends it by this signal; answers its exit code, null when killed. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export async function spawnSimulator(dataDir: string, flags: string[] = []): Promise<SimulatorProcess> {
  // Jest's own options are not for the child.
  const env = { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
  const child = spawn(process.execPath, [MAIN, '--data-dir', dataDir, ...flags], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  onEnd(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url: (JSON.parse(line) as { url: string }).url,
    child,
    async end(signal) {
      child.kill(signal);
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}
