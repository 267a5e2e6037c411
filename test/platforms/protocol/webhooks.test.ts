import { connected, failureOf, hookSecret } from '../support.ts';
import { jobEvent, signed } from '../webhook.ts';

const platform = connected('http://127.0.0.1:9/v1', { webhookSecretEnv: 'HOOK_SECRET' });
const body = jobEvent('ftjob-1');
const minute = 60_000;

test.each(['succeeded', 'failed', 'cancelled'])('a signed fine_tuning.job.%s names its job', async (end) => {
  const event = jobEvent('ftjob-1', { type: `fine_tuning.job.${end}` });
  expect(await platform.verifyWebhook(event, signed(event, hookSecret))).toEqual({
    id: 'evt_1',
    type: `fine_tuning.job.${end}`,
    jobId: 'ftjob-1',
  });
});

test('one good signature among others is enough, as when a secret is rotated', async () => {
  const headers = signed(body, hookSecret);
  headers['webhook-signature'] = `v1,${Buffer.from('old').toString('base64')} ${headers['webhook-signature']}`;
  expect(await platform.verifyWebhook(body, headers)).toMatchObject({ jobId: 'ftjob-1' });
});

const without = (header: string) => {
  const { [header]: _, ...rest } = signed(body, hookSecret);
  return rest;
};

test.each([
  ['another secret', body, signed(body, `whsec_${Buffer.from('forger').toString('base64')}`)],
  ['another body', jobEvent('ftjob-2'), signed(body, hookSecret)],
  ['another id', body, { ...signed(body, hookSecret), 'webhook-id': 'wh_2' }],
  ['a stale time', body, signed(body, hookSecret, { at: Date.now() - 6 * minute })],
  ['a time to come', body, signed(body, hookSecret, { at: Date.now() + 6 * minute })],
  ['a time that is none', body, { ...signed(body, hookSecret), 'webhook-timestamp': 'now' }],
  ['no signature', body, without('webhook-signature')],
  ['no time', body, without('webhook-timestamp')],
  ['no id', body, without('webhook-id')],
  ['no headers', body, {}],
])('a webhook with %s is refused', async (_, rawBody, headers) => {
  expect(await failureOf(platform.verifyWebhook(rawBody, headers))).toMatchObject({
    code: 'wrong_key',
    message: 'The webhook carries no valid signature.',
    advice: "Check that HOOK_SECRET is this endpoint's secret and that both clocks are right.",
    retry: 'never',
  });
});

test('a delivery that comes a little late is taken', async () => {
  const headers = signed(body, hookSecret, { at: Date.now() - 4 * minute });
  expect(await platform.verifyWebhook(body, headers)).toMatchObject({ jobId: 'ftjob-1' });
});

test.each([
  ['about a batch', { id: 'evt_1', type: 'batch.completed', data: { id: 'batch_1' } }],
  ['about what has no id', { id: 'evt_1', type: 'realtime.call.incoming', data: { call_id: 'rtc_1' } }],
  ['without data', { id: 'evt_1', type: 'response.completed' }],
])('a signed event %s concerns no job', async (_, event) => {
  const text = JSON.stringify(event);
  expect(await platform.verifyWebhook(text, signed(text, hookSecret))).toBeUndefined();
});

test.each(['{', '[]', '{"type":"fine_tuning.job.failed"}', '{"id":"e","type":"fine_tuning.job.failed","data":{}}'])(
  'the signed body %s is no event',
  async (text) => {
    expect(await failureOf(platform.verifyWebhook(text, signed(text, hookSecret)))).toMatchObject({
      code: 'bad_answer',
      message: 'The webhook is signed well but is no event.',
    });
  },
);

test('without a secret nothing can be verified', async () => {
  const bare = connected('http://127.0.0.1:9/v1', { webhookSecretEnv: 'NO_SUCH_SECRET' });
  expect(await failureOf(bare.verifyWebhook(body, signed(body, hookSecret)))).toMatchObject({
    code: 'missing_key',
    message: 'The environment variable NO_SUCH_SECRET is not set.',
    advice: "Set NO_SUCH_SECRET to the webhook's signing secret where the gateway runs.",
  });
});
