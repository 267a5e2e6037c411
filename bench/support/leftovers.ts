import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { keyField } from '../../src/platforms/protocol/jobs.ts';
import type { Ledger } from '../../src/simulator/index.ts';
import { environmentOf } from './worker-process.ts';

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Whether the platform's books hold one job for each run, and each paid once. */
export function paidOnce({ entries, totals: { jobs, trainings } }: Ledger, runs: number) {
  const created = entries.filter(({ kind }) => kind === 'job');
  const keys = new Set(created.map(({ metadata }) => metadata?.[keyField]));
  return { jobs, trainings, once: keys.size === runs && jobs === runs && trainings === runs };
}

/** How much that no run owns `tunewright reconcile` finds at the platform. */
export async function leftovers({ folder, address }: { folder: string; address: string }): Promise<number> {
  const args = ['--json', 'reconcile', '--connection', 'simulator', '--older-than', '0s'];
  const options = { env: environmentOf(folder, address), maxBuffer: 2 ** 28 };
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], options).catch(
    // It exits with 1 when there are any.
    (error: { code: unknown; stdout: string }) => (error.code === 1 ? error : Promise.reject(error)),
  );
  const { findings } = JSON.parse(stdout) as { findings: { verdict: string }[] };
  return findings.filter(({ verdict }) => verdict === 'leftover').length;
}
