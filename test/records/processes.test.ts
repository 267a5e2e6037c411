import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onEachDatabase } from './support/databases.ts';
import { registered } from './support/samples.ts';

const script = fileURLToPath(new URL('./support/actor.ts', import.meta.url));
const env = { ...process.env, NODE_OPTIONS: '' };

/** What a process of its own prints; nothing may come on stderr. */
async function actor(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], { env });
  expect(stderr).toBe('');
  return stdout.trim();
}

/** Starts a process that promotes without end, and kills it when it has begun so many promotions; tells the last. */
async function killedPromoter(location: string, promotions: number): Promise<{ requestId: string; version: number }> {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [script, location, 'for-ever'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let begun = 0;
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (++begun === promotions) child.kill('SIGKILL');
  }
  await exited;
  const [requestId = '', version] = last.split(' ');
  return { requestId, version: Number(version) };
}

onEachDatabase('records used by several processes', (databases) => {
  test('empty ones are set up once when several processes open them at once', async () => {
    const location = await databases.location();
    const versions = await Promise.all([1, 2, 3].map(() => actor(location, 'open')));
    expect(versions.sort()).toEqual(['1', '2', '3']);
  });

  test('of two that promote at once and expect the same champion one is refused', async () => {
    const location = await databases.location();
    const records = await databases.open(location);
    await registered(records, 3);
    await records.promote({ model: 'support-intents', by: 'kim', requestId: 'first', version: 1 });
    const outcomes = await Promise.all(['2', '3'].map((version) => actor(location, 'promote', version, '1')));
    expect(outcomes.sort()).toEqual(['conflict', 'promoted']);
  });

  test('killed in the midst of promotions they leave each one done wholly or not at all', async () => {
    const location = await databases.location();
    const records = await databases.open(location);
    await registered(records, 2);
    const cutOff = await Promise.all([15, 20, 25].map((promotions) => killedPromoter(location, promotions)));

    // Each that was cut off is repeated, as whoever had asked for it would.
    for (const { requestId, version } of cutOff) {
      await records.promote({ model: 'support-intents', by: 'kim', requestId, version });
    }
    const { champion, revision } = await records.getModel('support-intents');
    const promotions = (await records.audit('support-intents')).filter(({ action }) => action === 'promote');
    expect(revision).toBe(promotions.length);
    expect(promotions[0]?.to).toBe(`${champion}`);
    expect(new Set(promotions.map(({ requestId }) => requestId)).size).toBe(promotions.length);
    // Every promotion begins where the one before had ended.
    for (const [index, { from }] of promotions.slice(0, -1).entries()) expect(from).toBe(promotions[index + 1]?.to);
  });
});
