import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startGateway } from '../../src/gateway/index.ts';
import { closedPort } from '../platforms/support.ts';
import { testSettings } from '../support/pipeline.ts';
import { deliver, onEnd, secret, type Way, wayTo } from './support.ts';

const settings = () => {
  const base = testSettings('/nowhere', 'http://127.0.0.1:9/v1');
  return { ...base, env: { ...base.env, SIMULATOR_WEBHOOK_SECRET: secret } };
};

const get = async (url: string, method = 'GET') => {
  const answer = await fetch(url, { method });
  return { status: answer.status, json: await answer.json() };
};

/** A gateway and its way to Temporal. */
async function gatewayByWay() {
  const { temporal, ...others } = settings();
  const way = await wayTo(temporal.address);
  const gateway = await startGateway({ ...others, temporal: { ...temporal, address: way.address } });
  onEnd(() => gateway.close());
  return { way, url: gateway.url };
}

test('it lives, and is ready while Temporal answers', async () => {
  const { url } = await gatewayByWay();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await get(`${url}/healthz`)).toEqual({ status: 200, json: { status: 'ok' } });
  expect(await get(`${url}/readyz`)).toEqual({ status: 200, json: { status: 'ok' } });
});

test.each([
  ['is gone', async (way: Way) => await way.cut()],
  ['is silent', async (way: Way) => way.silence()],
])('when Temporal %s it lives, is not ready, has events sent again, and says so of jobs', async (_, lose) => {
  const { way, url } = await gatewayByWay();
  await lose(way);
  const jobs = `${url}/openai/v1/fine_tuning/jobs`;
  const [alive, ready, event, ...asked] = await Promise.all([
    ...[get(`${url}/healthz`), get(`${url}/readyz`), deliver(url)],
    ...['', '/ftjob-a', '/ftjob-a/events', '/ftjob-a/checkpoints'].map(async (path) => await get(`${jobs}${path}`)),
    ...['cancel', 'pause', 'resume'].map(async (act) => await get(`${jobs}/ftjob-a/${act}`, 'POST')),
  ]);
  expect(alive).toEqual({ status: 200, json: { status: 'ok' } });
  expect(ready).toEqual({ status: 503, json: { status: 'unavailable', reason: 'Temporal does not answer.' } });
  expect(event).toEqual({ status: 503, json: { error: 'The event could not be passed on: send it again.' } });
  for (const answer of asked) {
    expect(answer).toMatchObject({ status: 503, json: { error: { code: 'temporal_unreachable' } } });
  }
});

test('a port that is taken is named', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onEnd(() => new Promise((resolve) => other.close(() => resolve())));
  const { port } = other.address() as AddressInfo;
  await expect(startGateway(settings(), { port })).rejects.toMatchObject({
    code: 'port_taken',
    message: `The port ${port} is taken by another process.`,
    advice: 'Stop that process, or choose another port with --port.',
  });
});

test('a closed gateway has given its port back', async () => {
  const first = await startGateway(settings());
  const port = Number(new URL(first.url).port);
  await get(`${first.url}/healthz`);
  await first.close();
  const second = await startGateway(settings(), { port });
  await second.close();
  await expect(fetch(`${second.url}/healthz`)).rejects.toThrow();
});

test('without Temporal it does not start', async () => {
  const { temporal, ...others } = settings();
  const address = `127.0.0.1:${await closedPort()}`;
  await expect(startGateway({ ...others, temporal: { ...temporal, address } })).rejects.toMatchObject({
    code: 'temporal_unreachable',
    message: `Temporal cannot be reached at ${address}.`,
  });
});
