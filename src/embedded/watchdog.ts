import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Has `pid` killed when this process dies, however abruptly: a shell waits for the end of a pipe that only this process
 * holds open. Where there is no `sh` nothing is watched. A dev server loses nothing by a SIGKILL: its file survives it.
 *
 * @returns ends the watch; call it as soon as `pid` has ended, so that its number is never used for another process
 */
export function killWithParent(pid: number): () => void {
  const watchdog = spawn('sh', ['-c', 'read -r _; kill -9 "$1"', 'watchdog', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => {});
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return () => {
    watchdog.kill('SIGKILL');
  };
}
