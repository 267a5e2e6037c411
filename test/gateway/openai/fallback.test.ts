import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import OpenAI from 'openai';
import { closedPort } from '../../platforms/support.ts';
import { at, type Front, front, json, question, upstream } from './support.ts';

const said = (text: string) => ({ choices: [{ index: 0, message: { role: 'assistant', content: text } }] });

/** Which version has answered, and what is told of others. */
async function asked({ client }: Front, headers: Record<string, string> = {}, more: object = {}) {
  const request = { model: 'support-intents', messages: question, ...more };
  const { response } = await client.chat.completions.create(request, { headers }).withResponse();
  return [response.headers.get('x-tunewright-version'), response.headers.get('x-tunewright-fallback')];
}

describe('while the champion fails, its predecessor answers', () => {
  test.each([
    ['its platform fails', 503, 'http_503'],
    ['it is gone', 404, 'http_404'],
    ['the key of its connection is refused', 401, 'http_401'],
  ])('when %s', async (_, status, trouble) => {
    const { connection } = await upstream((response) => json(response, status, { error: { message: 'No.' } }));
    const there = await front({ other: connection });
    await there.promote({});
    await there.promote({ connection: 'other' });
    expect(await asked(there)).toEqual(['1', `version 2: ${trouble}`]);
  });

  test.each([
    ['nobody listens', async () => at(await closedPort()), 'ECONNREFUSED'],
    ['its connection has no key', async () => ({ ...at(1), apiKeyEnv: 'NO_SUCH_KEY' }), 'missing_key'],
    [
      'it answers nothing',
      async () => (await upstream((response) => response.destroy())).connection,
      /ECONNRESET|UND_ERR/,
    ],
  ])('when %s', async (_, connection, trouble) => {
    const there = await front({ other: await connection() });
    await there.promote({});
    await there.promote({ connection: 'other' });
    const [version, note] = await asked(there);
    expect(version).toBe('1');
    expect(note).toMatch(new RegExp(`^version 2: (${trouble instanceof RegExp ? trouble.source : trouble})`));
  });

  test('also to a question whose answer is to be streamed', async () => {
    const { connection } = await upstream((response) => json(response, 500, {}));
    const there = await front({ other: connection });
    await there.promote({});
    await there.promote({ connection: 'other' });
    expect(await asked(there, {}, { stream: true })).toEqual(['1', 'version 2: http_500']);
  });

  test('and soon the champion is not asked each time', async () => {
    const dead = await upstream((response) => json(response, 500, {}));
    const there = await front({ other: dead.connection });
    await there.promote({});
    await there.promote({ connection: 'other' });
    for (let call = 0; call < 3; call++) expect(await asked(there)).toEqual(['1', 'version 2: http_500']);
    for (let call = 0; call < 3; call++) expect(await asked(there)).toEqual(['1', 'version 2: down']);
    expect(dead.asked).toHaveLength(3);
    const counted = await (await fetch(new URL('/metrics', there.url))).text();
    const of = (version: number, connection: string) =>
      `{model="support-intents",version="${version}",connection="${connection}"`;
    expect(counted).toContain(`tunewright_gateway_failures_total${of(2, 'other')},trouble="http_500"} 3`);
    expect(counted).toContain(`tunewright_gateway_answers_total${of(1, 'simulator')},status="200"} 6`);
  });
});

describe('the champion has the last word', () => {
  test('when all fail: what it says is passed on', async () => {
    const first = await upstream((response) => json(response, 500, { error: { message: 'The first fails.' } }));
    const second = await upstream((response) => json(response, 503, { error: { message: 'The second fails.' } }));
    const there = await front({ first: first.connection, second: second.connection });
    await there.promote({ connection: 'first' });
    await there.promote({ connection: 'second' });
    await expect(asked(there)).rejects.toMatchObject({ status: 503, message: '503 The second fails.' });
  });

  test('however long the others take: its answer is not collected as garbage meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const first = await upstream(async (response) => {
      // What is collected is told in a turn of its own.
      for (let turn = 0; turn < 10; turn++) {
        collect();
        await setImmediate();
      }
      json(response, 500, { error: { message: 'The first fails.' } });
    });
    const second = await upstream((response) => json(response, 503, { error: { message: 'The second fails.' } }));
    const there = await front({ first: first.connection, second: second.connection });
    await there.promote({ connection: 'first' });
    await there.promote({ connection: 'second' });
    await expect(asked(there)).rejects.toMatchObject({ status: 503, message: '503 The second fails.' });
  });

  test('when there is no other: an answer that never came is an error of the gateway', async () => {
    const there = await front({ other: at(await closedPort()) });
    await there.promote({ connection: 'other' });
    const failed = await asked(there).catch((error) => error);
    expect(failed).toBeInstanceOf(OpenAI.InternalServerError);
    expect(failed).toMatchObject({ status: 502, code: 'upstream_unreachable' });
  });

  test('over versions that were retired, and those that never were champions', async () => {
    const dead = await upstream((response) => json(response, 500, {}));
    const there = await front({ other: dead.connection });
    await there.promote({});
    await there.records.registerVersion({
      ...(await there.records.getVersion('support-intents', 1)),
      runKey: 'never',
      by: 'kim',
    });
    await there.promote({ connection: 'other' });
    await there.records.retire({ model: 'support-intents', by: 'kim', requestId: 'old', version: 1, reason: 'worse' });
    await expect(asked(there)).rejects.toMatchObject({ status: 500 });
    expect(dead.asked).toHaveLength(1);
  });
});

describe('a canary', () => {
  const both = async () => {
    const one = await upstream((response) => json(response, 200, said('one')));
    const other = await upstream((response) => json(response, 200, said('other')));
    const there = await front({ one: one.connection, other: other.connection });
    await there.promote({ connection: 'one' });
    const { version } = await there.records.registerVersion({
      ...(await there.records.getVersion('support-intents', 1)),
      runKey: 'candidate',
      by: 'kim',
      connection: 'other',
    });
    return { there, version, other };
  };

  test('gets its share of the keys, always the same ones, and no call without a key', async () => {
    const { there, version } = await both();
    await there.records.setCanary({ model: 'support-intents', by: 'kim', requestId: 'canary', version, share: 0.5 });
    const versions = async (call: (key: string) => Promise<(string | null)[]>) =>
      await Promise.all(Array.from({ length: 40 }, async (_, i) => (await call(`user-${i}`))[0]));
    const byHeader = await versions(async (key) => await asked(there, { 'x-tunewright-key': key }));
    const candidates = byHeader.filter((answered) => answered === '2').length;
    expect(candidates).toBeGreaterThan(8);
    expect(candidates).toBeLessThan(32);
    expect(await versions(async (user) => await asked(there, {}, { user }))).toEqual(byHeader);
    expect(await versions(async (id) => await asked(there, {}, { safety_identifier: id }))).toEqual(byHeader);
    expect(new Set(await versions(async () => await asked(there)))).toEqual(new Set(['1']));
  });

  test('that fails costs nobody an answer: the champion gives it', async () => {
    const broken = await upstream((response) => json(response, 500, {}));
    const there = await front({ other: broken.connection });
    await there.promote({});
    const first = await there.records.getVersion('support-intents', 1);
    await there.records.registerVersion({ ...first, runKey: 'candidate', by: 'kim', connection: 'other' });
    await there.records.setCanary({ model: 'support-intents', by: 'kim', requestId: 'canary', version: 2, share: 1 });
    expect(await asked(there, { 'x-tunewright-key': 'anyone' })).toEqual(['1', 'version 2: http_500']);
  });
});
