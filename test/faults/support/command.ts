import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accepts, freePort } from '../../../src/embedded/ports.ts';
import { runServer, type ServerProcess } from '../../../src/embedded/server-process.ts';
import type { Finding } from '../../../src/reconcile/finding.ts';
import { until } from './outcome.ts';
import type { World } from './world.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const quiet = '--disable-warning=ExperimentalWarning';

/** `tunewright reconcile` as a process of its own, which takes nothing for too young. */
export async function reconcile(
  { env }: World,
  { apply }: { apply: boolean },
): Promise<{ code: unknown; findings: Finding[] }> {
  const args = [quiet, main, 'reconcile', '--json', '--older-than', '0s', ...(apply ? ['--apply'] : [])];
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      try {
        resolve({ code: error?.code ?? 0, ...(JSON.parse(stdout) as { findings: Finding[] }) });
      } catch {
        reject(new Error(`tunewright reconcile: ${stderr}`));
      }
    });
  });
}

export interface GatewayProcess {
  /** To which webhooks are posted. */
  url: string;
  kill(): Promise<void>;
  /** Again where it was. */
  start(): Promise<void>;
}

/** `tunewright gateway` as a process of its own. */
export async function startGateway({ env, folder }: World, secrets: NodeJS.ProcessEnv): Promise<GatewayProcess> {
  const port = await freePort();
  let gateway: ServerProcess;
  const start = async () => {
    const args = [quiet, main, 'gateway', '--port', String(port)];
    gateway = await runServer(process.execPath, args, join(folder, 'gateway.log'), { ...env, ...secrets });
    await until(
      async () => await accepts('127.0.0.1', port),
      (up) => up,
    );
  };
  await start();
  return { url: `http://127.0.0.1:${port}/webhooks/simulator`, start, kill: async () => await gateway.kill() };
}
