import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readWeb } from '../../src/sources/index.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => `${i}\n`).join(''));
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server that answers so; `seen` are the headers of what it was asked. */
async function serving(answer: Answer): Promise<{ origin: string; seen: IncomingMessage['headers'][] }> {
  const seen: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    answer(request, response, seen.length);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function read(address: string, hosts: string[], options: Parameters<typeof readWeb>[2] = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readWeb(address, hosts, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Answers what was asked for from the content, and breaks off after so many bytes. */
function partly(bytes: number, headers: Record<string, string>): Answer {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = content.subarray(from);
    const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length, ...headers, ...range });
    if (rest.length <= bytes) response.end(rest);
    else response.write(rest.subarray(0, bytes), () => setImmediate(() => response.destroy()));
  };
}

test('what lies at an address is read, and how far it has come is told', async () => {
  const { origin } = await serving((_, response) => {
    response.writeHead(200, { 'content-length': content.length }).end(content);
  });
  const progress: [number, number | undefined][] = [];
  const onProgress = (done: number, total: number | undefined) => progress.push([done, total]);
  expect((await read(`${origin}/data.jsonl`, [origin], { onProgress })).equals(content)).toBe(true);
  expect(progress.at(-1)).toEqual([content.length, content.length]);
});

test('a connection that breaks is gone on with where it broke', async () => {
  const { origin, seen } = await serving(partly(500_000, { etag: '"1"' }));
  expect((await read(`${origin}/data.jsonl`, [origin])).equals(content)).toBe(true);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen[1]).toMatchObject({ range: expect.stringMatching(/^bytes=[1-9]\d*-$/), 'if-range': '"1"' });
});

test.each([
  ['the content is called the same by a weak tag alone', { etag: 'W/"1"' }],
  ['the content has no tag', {}],
])('where %s, a broken connection is tried again from the beginning', async (_, headers) => {
  const { origin, seen } = await serving(partly(500_000, headers as Record<string, string>));
  await expect(read(`${origin}/data.jsonl`, [origin])).rejects.toMatchObject({
    code: 'source_unreadable',
    retry: 'yes',
  });
  expect(seen).toHaveLength(1);
});

test('a connection that breaks again and again is given up for now', async () => {
  const { origin, seen } = await serving(partly(1_000, { etag: '"1"' }));
  await expect(read(`${origin}/data.jsonl`, [origin])).rejects.toMatchObject({ retry: 'yes' });
  expect(seen).toHaveLength(6);
});

test('content that has become another is read again from its beginning', async () => {
  const { origin } = await serving((request, response, count) => {
    if (count === 1) partly(500_000, { etag: '"1"' })(request, response, count);
    else response.writeHead(200, { etag: '"2"' }).end(content);
  });
  await expect(read(`${origin}/data.jsonl`, [origin])).rejects.toMatchObject({
    code: 'source_unreadable',
    retry: 'yes',
    message: expect.stringContaining('was changed'),
  });
});

test('from one address to the next, and never to a host that is not allowed', async () => {
  const { origin: other } = await serving((_, response) => void response.end('other'));
  const { origin } = await serving(({ url }, response) => {
    if (url === '/there') response.end('there');
    else response.writeHead(302, { location: url === '/here' ? '/there' : `${other}/?key=1` }).end();
  });
  expect((await read(`${origin}/here`, [origin])).toString()).toBe('there');
  expect((await read(`${origin}/away`, [origin, other])).toString()).toBe('other');
  await expect(read(`${origin}/away`, [origin])).rejects.toMatchObject({ code: 'forbidden', retry: 'never' });
});

test.each(['/again', 'http://[nowhere'])('an address that leads to %s ends', async (location) => {
  const { origin } = await serving((_, response) => void response.writeHead(302, { location }).end());
  await expect(read(`${origin}/again`, [origin])).rejects.toMatchObject({ code: 'source_unreadable', retry: 'never' });
});

test.each([
  ['no host', []],
  ['another host', ['example.org']],
  // A host's name alone is for HTTPS.
  ['its name', ['127.0.0.1']],
  ['another port', ['http://127.0.0.1:1']],
])('where %s is allowed nothing is asked', async (_, hosts) => {
  const { origin, seen } = await serving((_, response) => void response.end());
  await expect(read(`${origin}/?q=1`, hosts)).rejects.toMatchObject({
    code: 'forbidden',
    advice: expect.stringContaining('TUNEWRIGHT_DATA_HOSTS'),
  });
  expect(seen).toEqual([]);
});

test.each([
  [404, {}, { code: 'source_missing', retry: 'never' }],
  [403, {}, { code: 'source_unreadable', retry: 'never' }],
  [500, {}, { code: 'source_unreadable', retry: 'yes' }],
  [503, { 'retry-after': 'Infinity' }, { code: 'source_unreadable', retry: 'yes', retryAfterMs: undefined }],
  [503, { 'retry-after': '7' }, { code: 'source_unreadable', retry: 'yes', retryAfterMs: 7_000 }],
])('the answer %i %j is %j', async (status, headers, failure) => {
  const { origin } = await serving((_, response) => void response.writeHead(status, headers).end('no'));
  const message = expect.stringContaining(`${origin}/data.jsonl`);
  await expect(read(`${origin}/data.jsonl?q=1`, [origin])).rejects.toMatchObject({ ...failure, status, message });
  await expect(read(`${origin}/data.jsonl?q=1`, [origin])).rejects.not.toMatchObject({
    message: expect.stringContaining('q=1'),
  });
});

test('a host that cannot be reached is tried again', async () => {
  const origin = 'http://127.0.0.1:1';
  await expect(read(`${origin}/`, [origin])).rejects.toMatchObject({ code: 'source_unreadable', retry: 'yes' });
});

test('an answer that is packed is read as it was meant, and not gone on with', async () => {
  const { gzipSync } = await import('node:zlib');
  const { origin } = await serving((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', etag: '"1"' }).end(gzipSync(content));
  });
  expect((await read(`${origin}/`, [origin])).equals(content)).toBe(true);
});

test('reading that is broken off asks no more', async () => {
  const { origin, seen } = await serving(partly(500_000, { etag: '"1"' }));
  const abort = new AbortController();
  const reading = read(`${origin}/`, [origin], { signal: abort.signal, onProgress: () => abort.abort() });
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen).toHaveLength(1);
});

test.each([
  ['before it answers', 0],
  ['in the middle', 1_000],
])('a host that falls silent %s is given up, and tried again later', async (_, bytes) => {
  const { origin } = await serving((_request, response) => {
    if (bytes > 0) response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, bytes));
  });
  await expect(read(`${origin}/a`, [origin], { silenceMs: 50 })).rejects.toMatchObject({
    code: 'source_unreadable',
    retry: 'yes',
  });
});

test('a host that falls silent is gone on with where its content is known', async () => {
  const whole = partly(content.length, { etag: '"1"' });
  const { origin, seen } = await serving((request, response, count) => {
    if (count > 1) return whole(request, response, count);
    response.writeHead(200, { 'content-length': content.length, etag: '"1"' }).write(content.subarray(0, 1_000));
  });
  expect((await read(`${origin}/a`, [origin], { silenceMs: 3_000 })).equals(content)).toBe(true);
  expect(seen.map(({ range }) => range)).toEqual([undefined, 'bytes=1000-']);
});
