import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepRunning, restartPauseMs } from '../../src/embedded/keep.ts';
import { runServer, type ServerProcess } from '../../src/embedded/server-process.ts';
import { temporaryFolder } from './fixtures.ts';

const root = await temporaryFolder();

/** A part that lives until it is ended, with all its processes so far. */
function sleeper(): { processes: ServerProcess[]; start(): Promise<ServerProcess> } {
  const processes: ServerProcess[] = [];
  return {
    processes,
    async start() {
      const one = await runServer('/bin/sleep', ['60'], join(root, 'sleeper.log'));
      processes.push(one);
      return one;
    },
  };
}

test('the pause before a restart doubles from one second to thirty', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 40].map(restartPauseMs)).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
});

test('a part that dies is started again, each time after a longer pause, until it is stopped', async () => {
  const { processes, start } = sleeper();
  const log: string[] = [];
  const part = await keepRunning('the sleeper', (line) => log.push(line), start);
  await processes[0]?.kill();
  while (processes.length < 2) await sleep(10);
  await processes[1]?.kill();
  while (log.length < 2) await sleep(10);
  await part.stop();
  expect(processes).toHaveLength(2);
  expect(log).toEqual([
    'the sleeper was ended by SIGKILL; it is started again in 1 s, its log tells more',
    'the sleeper was ended by SIGKILL; it is started again in 2 s, its log tells more',
  ]);
});

test('a part that is stopped while it is started again does not stay behind', async () => {
  const { processes, start } = sleeper();
  const stopped = Promise.withResolvers<void>();
  let begun = 0;
  const slowly = async () => {
    begun += 1;
    if (begun > 1) await stopped.promise;
    return await start();
  };
  const part = await keepRunning('the sleeper', () => {}, slowly);
  await processes[0]?.kill();
  while (begun < 2) await sleep(10);
  const stopping = part.stop();
  stopped.resolve();
  await stopping;
  expect(await processes[1]?.ended).toBe('was ended by SIGTERM');
});

test('a failure to start again counts as a death', async () => {
  const { processes, start } = sleeper();
  const log: string[] = [];
  let begun = 0;
  const failing = async () => {
    begun += 1;
    if (begun > 1) throw new Error('no memory');
    return await start();
  };
  const part = await keepRunning('the sleeper', (line) => log.push(line), failing);
  await processes[0]?.kill();
  while (log.length < 2) await sleep(10);
  await part.stop();
  expect(log[1]).toBe('the sleeper could not be started: no memory; it is started again in 2 s, its log tells more');
});
