import { APIConnectionError, APIConnectionTimeoutError } from 'openai';
import { retryAfterMs, toTunewrightError } from '../../../src/platforms/protocol/errors.ts';
import { apiKey, type Bench, bench, closedPort, connected, endpoint, failureOf, spec } from '../support.ts';

const jobs = { method: 'POST', path: '/v1/fine_tuning/jobs' };

async function createJob({ platform, file }: Bench) {
  const { id } = await platform.uploadFile(await file('train.jsonl'), {});
  return await platform.createJob(spec(id));
}

const answer = (status: number, error: object, headers: Record<string, string> = {}) =>
  ({ kind: 'status', status, body: { error: { message: 'because', ...error } }, headers }) as const;
const page = (status: number) =>
  ({
    kind: 'status',
    status,
    rawBody: `<!doctype html><html><body>${'Bad Gateway '.repeat(200)}</body></html>`,
    contentType: 'text/html',
  }) as const;

const refused = 'Creating the job: because (HTTP';
const lost = 'Creating the job: the connection broke before the answer came.';
const unreadable = "Creating the job: the platform's answer could not be read.";

/** Each row: what happens to the create, and the name, message, retry and wait in milliseconds that it gets. */
test.each([
  ['400', answer(400, {}), 'refused', `${refused} 400)`, 'never', undefined],
  ['401', answer(401, {}), 'wrong_key', `${refused} 401)`, 'never', undefined],
  ['403', answer(403, {}), 'forbidden', `${refused} 403)`, 'never', undefined],
  [
    'the end of self-serve training',
    answer(403, { code: 'training_not_available' }),
    'training_not_available',
    `${refused} 403, training_not_available)`,
    'never',
    undefined,
  ],
  ['404', answer(404, {}), 'not_found', `${refused} 404)`, 'never', undefined],
  [
    '404 of a model',
    answer(404, { code: 'model_not_found' }),
    'model_not_found',
    `${refused} 404, model_not_found)`,
    'never',
    undefined,
  ],
  ['408', answer(408, {}), 'answer_lost', `${refused} 408)`, 'unsure', undefined],
  ['409', answer(409, {}), 'platform_unavailable', `${refused} 409)`, 'unsure', undefined],
  ['413', answer(413, {}), 'too_large', `${refused} 413)`, 'never', undefined],
  ['418, which was never seen', answer(418, {}), 'platform_unavailable', `${refused} 418)`, 'unsure', undefined],
  ['422', answer(422, {}), 'refused', `${refused} 422)`, 'never', undefined],
  [
    '429 of what is larger than the limit',
    answer(429, { message: 'Request too large for m on tokens per min (TPM): Limit 10, Requested 12.' }),
    'too_large',
    'Creating the job: Request too large for m on tokens per min (TPM): Limit 10, Requested 12. (HTTP 429)',
    'never',
    undefined,
  ],
  ['429 without a hint', answer(429, {}), 'rate_limited', `${refused} 429)`, 'yes', undefined],
  ['429 with seconds', answer(429, {}, { 'retry-after': '1' }), 'rate_limited', `${refused} 429)`, 'yes', 1_000],
  [
    '429 with milliseconds',
    answer(429, {}, { 'retry-after-ms': '250', 'retry-after': '1' }),
    'rate_limited',
    `${refused} 429)`,
    'yes',
    250,
  ],
  ['429 for an hour', answer(429, {}, { 'retry-after': '3600' }), 'rate_limited', `${refused} 429)`, 'yes', 3_600_000],
  [
    'the limit of jobs a day',
    answer(429, { code: 'daily_rate_limit_exceeded' }),
    'daily_limit',
    `${refused} 429, daily_rate_limit_exceeded)`,
    'yes',
    3_600_000,
  ],
  [
    'the limit of jobs a day with a hint',
    answer(429, { code: 'daily_rate_limit_exceeded' }, { 'retry-after': '7200' }),
    'daily_limit',
    `${refused} 429, daily_rate_limit_exceeded)`,
    'yes',
    7_200_000,
  ],
  [
    'a quota that is used up',
    answer(429, { code: 'insufficient_quota' }),
    'quota_exhausted',
    `${refused} 429, insufficient_quota)`,
    'never',
    undefined,
  ],
  [
    'a quota that only the type names',
    answer(429, { code: null, type: 'insufficient_quota' }),
    'quota_exhausted',
    `${refused} 429)`,
    'never',
    undefined,
  ],
  [
    'a spending limit',
    answer(429, { code: 'billing_hard_limit_reached' }),
    'quota_exhausted',
    `${refused} 429, billing_hard_limit_reached)`,
    'never',
    undefined,
  ],
  ['500', answer(500, {}), 'platform_unavailable', `${refused} 500)`, 'unsure', undefined],
  [
    '503 that asks to slow down',
    answer(503, { code: 'slow_down' }, { 'retry-after': '20' }),
    'platform_unavailable',
    `${refused} 503, slow_down)`,
    'unsure',
    20_000,
  ],
  ['599, which was never seen', answer(599, {}), 'platform_unavailable', `${refused} 599)`, 'unsure', undefined],
  [
    'an HTML page as an error',
    page(502),
    'platform_unavailable',
    'Creating the job: an HTML page instead of an answer (HTTP 502)',
    'unsure',
    undefined,
  ],
  ['an HTML page as the answer', page(200), 'bad_answer', unreadable, 'unsure', undefined],
  ['an answer that is no job', answer(200, {}), 'bad_answer', unreadable, 'unsure', undefined],
  ['a reset before the effect', { kind: 'drop-before' }, 'answer_lost', lost, 'unsure', undefined],
] as const)('%s gets its name, once', async (_, fault, code, message, retry, retryAfterMs) => {
  const at = await bench();
  const posts = at.count('POST', '/v1/fine_tuning/jobs');
  at.simulator.faults.add({ ...jobs, ...fault, times: -1 });
  const error = await failureOf(createJob(at));
  expect(error).toMatchObject({ code, message, retry });
  expect(error.retryAfterMs).toBe(retryAfterMs);
  expect(error.status).toBe('status' in fault && code !== 'bad_answer' ? fault.status : undefined);
  expect(error.advice).toMatch(/^[A-Z].+\.$/);
  // The SDK by itself would have sent it three times.
  expect(posts()).toBe(1);
  expect(at.simulator.ledger().totals.jobs).toBe(0);
});

test.each([
  ['a reset after the effect', { kind: 'drop-after' }, 'answer_lost', lost],
  ['an answer that is cut off', { kind: 'truncate' }, 'bad_answer', unreadable],
  // Under jest the SDK cannot tell its own timeout from a broken connection: the message is tested apart.
  [
    'an answer that comes too late',
    { kind: 'delay', ms: 60_000, when: 'after' },
    'answer_lost',
    expect.stringMatching(/^Creating the job: /),
  ],
] as const)('%s leaves it unsure whether the job exists, and is not sent again', async (_, fault, code, message) => {
  const at = await bench({}, { timeoutSeconds: 5 });
  const posts = at.count('POST', '/v1/fine_tuning/jobs');
  at.simulator.faults.add({ ...jobs, ...fault, times: -1 });
  expect(await failureOf(createJob(at))).toMatchObject({ code, message, retry: 'unsure', status: undefined });
  expect(posts()).toBe(1);
  expect(at.simulator.ledger().totals.jobs).toBe(1);
});

test('an answer whose connection breaks in the middle is lost', async () => {
  const { url, requests } = await endpoint((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id":', () => response.socket?.resetAndDestroy());
  });
  expect(await failureOf(connected(url).createJob(spec('file-1')))).toMatchObject({
    code: 'answer_lost',
    message: 'Creating the job: the connection broke while the answer was read.',
    retry: 'unsure',
  });
  expect(requests).toHaveLength(1);
});

test('an empty answer is unreadable', async () => {
  const { url } = await endpoint((_, response) => void response.writeHead(204).end());
  const platform = connected(url);
  const calls = [() => platform.createJob(spec('file-1')), () => platform.findFiles(''), () => platform.checkAccess()];
  for (const call of calls) {
    expect(await failureOf(call())).toMatchObject({ code: 'bad_answer', retry: 'unsure' });
  }
});

test('a platform where nobody listens is unreachable, and the call certainly had no effect', async () => {
  const platform = connected(`http://127.0.0.1:${await closedPort()}/v1`);
  expect(await failureOf(platform.createJob(spec('file-1')))).toMatchObject({
    code: 'platform_unreachable',
    message: 'Creating the job: the platform cannot be reached (ECONNREFUSED).',
    retry: 'yes',
  });
});

test.each(['ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
  '%s means that nothing was sent',
  (code) => {
    const cause = new TypeError('fetch failed', { cause: Object.assign(new Error('no way'), { code }) });
    expect(toTunewrightError('Asking', new APIConnectionError({ cause }))).toMatchObject({
      code: 'platform_unreachable',
      message: `Asking: the platform cannot be reached (${code}).`,
      retry: 'yes',
    });
  },
);

test('the answer that did not come in time may have been given', () => {
  expect(toTunewrightError('Asking', new APIConnectionTimeoutError())).toMatchObject({
    code: 'answer_lost',
    message: 'Asking: no answer came in time.',
    retry: 'unsure',
  });
});

test('a fault of our own is not passed off as one of the platform', () => {
  const fault = new TypeError('x is not a function');
  expect(toTunewrightError('Asking', fault)).toBe(fault);
});

test('what the caller aborts is no failure of the platform', async () => {
  const caller = new AbortController();
  const { url } = await endpoint(() => caller.abort());
  const error = await connected(url)
    .getJob('ftjob-1', caller.signal)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: 'Request was aborted.' });
  expect(error).not.toHaveProperty('code', expect.stringMatching(/./));
});

test('a message never quotes the key, and is short', async () => {
  const at = await bench();
  const message = `Incorrect API key provided: ${apiKey}, sent as Bearer ${apiKey}. ${'x'.repeat(2_000)}`;
  at.simulator.faults.add({ kind: 'status', status: 401, body: { error: { message } }, path: '/v1/models' });
  const error = await failureOf(at.platform.checkAccess());
  expect(error.message).toMatch(
    /^Listing the models: Incorrect API key provided: \[key\], sent as \[key\] x+ \(HTTP 401\)$/,
  );
  expect(error.message.length).toBeLessThan(600);
  expect(error.advice).not.toContain(apiKey);
});

test.each([
  [{}, undefined],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '1.5' }, 1_500],
  [{ 'retry-after': '86400' }, 86_400_000],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': 'Mon, 02 Nov 2026 10:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Mon, 02 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'Mon, 02 Nov 2026 10:00:30 GMT', date: 'Mon, 02 Nov 2026 10:00:20 GMT' }, 10_000],
  [{ 'retry-after': 'Mon, 02 Nov 2026 10:00:30 GMT', date: 'today' }, 30_000],
  [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2_000],
  [{ 'retry-after-ms': '', 'retry-after': '2' }, 2_000],
])('the wait of %j', (headers, expected) => {
  expect(retryAfterMs(new Headers(headers as Record<string, string>), Date.parse('2026-11-02T10:00:00Z'))).toBe(
    expected,
  );
});
