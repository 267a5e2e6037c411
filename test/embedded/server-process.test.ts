import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runServer } from '../../src/embedded/server-process.ts';
import { script, temporaryFolder } from './fixtures.ts';

const root = await temporaryFolder();

test('a server that ignores a polite stop is killed', async () => {
  const body = `trap '' TERM; echo ready for "$WHOM" "$1"; while :; do sleep 0.05; done`;
  const binary = await script(join(root, 'stubborn'), body);
  const server = await runServer(binary, ['and more'], join(root, 'logs', 'stubborn.log'), {
    ...process.env,
    WHOM: 'all',
  });
  while ((await server.logTail()) === '') await sleep(10);
  expect(await server.logTail()).toBe('ready for all and more');
  await server.stop();
  expect(await server.ended).toBe('was ended by SIGKILL');
});

test('the tail of a log is its last five lines, long ones cut at their beginning', async () => {
  const long = `${'x'.repeat(400)} the reason`;
  const binary = await script(join(root, 'wordy'), `for i in 1 2 3 4 5 6; do echo line $i; done; echo '${long}'`);
  const server = await runServer(binary, [], join(root, 'wordy.log'));
  await server.ended;
  const cut = `…${'x'.repeat(289)} the reason`;
  expect(await server.logTail()).toBe(['line 3', 'line 4', 'line 5', 'line 6', cut].join('\n'));
});
