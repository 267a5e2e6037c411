import { createPlatforms } from '../../../src/platforms/registry.ts';
import { failureOf } from '../support.ts';
import { startSns, topic } from './service/sns.ts';

const secret = 'known to both sides';

function connect(changes: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = { SAGEMAKER_WEBHOOK_SECRET: secret }) {
  const connection = {
    platform: 'sagemaker',
    region: 'eu-west-1',
    roleArn: 'arn:aws:iam::123456789012:role/tunewright',
    storage: 's3://bucket/team',
    training: { image: 'an-image', instanceType: 'ml.g6.xlarge', hourlyUsd: 1 },
    serving: { image: 'vllm', instanceType: 'ml.g6.xlarge', hourlyUsd: 2 },
    ...changes,
  };
  return createPlatforms({ mine: connection }, { env }).get('mine');
}

const transitions = (count: number) => Array.from({ length: count }, () => ({ Status: 'Training' }));

/** As EventBridge sends it. */
function event(detail: Record<string, unknown> = {}, changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'SageMaker Training Job State Change',
    source: 'aws.sagemaker',
    account: '123456789012',
    region: 'eu-west-1',
    detail: {
      TrainingJobName: 'tunewright-job-1',
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Training',
      SecondaryStatusTransitions: transitions(3),
      ...detail,
    },
    ...changes,
  });
}

describe('an API destination of EventBridge', () => {
  const headers = { 'x-tunewright-secret': secret };

  test('an event about a job, with the secret, is one', async () => {
    const told = await connect().verifyWebhook(event(), headers);
    expect(told).toMatchObject({ jobId: 'tunewright-job-1', type: 'SageMaker Training Job State Change: InProgress' });
  });

  test('several events about one change are one; another change is another, also back to what was', async () => {
    const idOf = async (detail = {}) => (await connect().verifyWebhook(event(detail), headers))?.id;
    expect(await idOf()).toBe(await idOf());
    const ids = [
      await idOf(),
      await idOf({ SecondaryStatus: 'Interrupted', SecondaryStatusTransitions: transitions(4) }),
      await idOf({ SecondaryStatusTransitions: transitions(5) }),
      await idOf({ TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' }),
      await idOf({ TrainingJobName: 'tunewright-job-2' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('events about other things are none', async () => {
    const others = [{ 'detail-type': 'SageMaker Endpoint State Change' }, { source: 'aws.ec2' }];
    for (const changes of others) expect(await connect().verifyWebhook(event({}, changes), headers)).toBeUndefined();
  });

  test.each([
    ['another secret', event(), { 'x-tunewright-secret': 'guessed' }, 'wrong_key'],
    ['no secret', event(), {}, 'wrong_key'],
    ['what is no event', '{"hello": 1}', headers, 'bad_answer'],
    ['an event without a job', event({ TrainingJobName: 1 }), headers, 'bad_answer'],
  ])('%s is refused', async (_, body, given, code) => {
    expect(await failureOf(connect().verifyWebhook(body, given))).toMatchObject({ code });
  });

  test('without the secret’s variable nothing is taken', async () => {
    const at = connect({}, {});
    expect(await failureOf(at.verifyWebhook(event(), headers))).toMatchObject({ code: 'missing_key' });
  });
});

describe('a topic of SNS', () => {
  const headers = { 'x-amz-sns-message-type': 'Notification' };
  let sns: Awaited<ReturnType<typeof startSns>>;
  beforeEach(async () => {
    sns = await startSns();
  });
  afterEach(async () => await sns.close());
  const at = (changes = {}) => connect({ webhookTopicArn: topic, endpoints: { sns: sns.url }, ...changes });

  test.each(['1', '2'])('a notification with a signature of version %s is an event', async (SignatureVersion) => {
    const platform = at();
    for (const Subject of ['with a subject', undefined]) {
      const message = sns.message({ SignatureVersion, Message: event(), ...(Subject ? { Subject } : {}) });
      expect(await platform.verifyWebhook(message, headers)).toMatchObject({ jobId: 'tunewright-job-1' });
    }
    // The certificate is asked for once.
    expect(sns.asked).toEqual(['/SimpleNotificationService-0123456789abcdef.pem']);
  });

  test.each([
    ['a message that was changed', {}, { Message: event({ TrainingJobName: 'another' }) }],
    ['one of another topic, which SNS has signed', { TopicArn: `${topic}-of-others` }, {}],
    ['one without a signature', {}, { Signature: '' }],
    ['a certificate of somebody else', {}, { SigningCertURL: 'https://example.com/SimpleNotificationService-0.pem' }],
    [
      'a host that only begins so',
      {},
      { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.example.com/SimpleNotificationService-0.pem' },
    ],
    ['a bucket at AWS', {}, { SigningCertURL: 'https://sns.s3.amazonaws.com/SimpleNotificationService-0.pem' }],
    [
      'another file of that host',
      {},
      { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/?Action=SimpleNotificationService-0.pem' },
    ],
    ['no encryption', {}, { SigningCertURL: 'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem' }],
  ])('%s is refused', async (_, changes, after) => {
    const message = sns.message({ Message: event(), ...changes }, after);
    expect(await failureOf(at().verifyWebhook(message, headers))).toMatchObject({ code: 'wrong_key' });
    expect(sns.asked.filter((path) => !path.startsWith('/SimpleNotificationService-0123'))).toEqual([]);
  });

  test('a certificate whose time is over signs nothing', async () => {
    const old = await startSns(-1);
    try {
      const message = old.message({ Message: event() });
      const refused = failureOf(at({ endpoints: { sns: old.url } }).verifyWebhook(message, headers));
      expect(await refused).toMatchObject({ code: 'wrong_key' });
    } finally {
      await old.close();
    }
  });

  const subscription = { Type: 'SubscriptionConfirmation', Token: 'a-token', SubscribeURL: 'https://example.com/evil' };
  const confirming = { 'x-amz-sns-message-type': 'SubscriptionConfirmation' };

  test('a subscription of the topic is confirmed at SNS, wherever the message points; one of another is not', async () => {
    expect(await at().verifyWebhook(sns.message(subscription), confirming)).toBeUndefined();
    const query = `Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topic)}&Token=a-token&Version=2010-03-31`;
    expect(sns.asked.at(-1)).toBe(`/?${query}`);
    const before = sns.asked.length;
    const other = sns.message({ ...subscription, TopicArn: `${topic}-of-others` });
    expect(await failureOf(at().verifyWebhook(other, confirming))).toMatchObject({ code: 'wrong_key' });
    expect(sns.asked).toHaveLength(before);
  });

  test('that a subscription has ended is no event', async () => {
    const message = sns.message({ ...subscription, Type: 'UnsubscribeConfirmation' });
    expect(await at().verifyWebhook(message, confirming)).toBeUndefined();
    expect(sns.asked).toHaveLength(1);
  });

  test('where SNS cannot be asked, or the connection names no topic, nothing is taken', async () => {
    const message = sns.message({ Message: event() });
    const away = at({ endpoints: { sns: 'http://127.0.0.1:9' } });
    expect(await failureOf(away.verifyWebhook(message, headers))).toMatchObject({ code: 'platform_unreachable' });
    expect(await failureOf(connect().verifyWebhook(message, headers))).toMatchObject({ code: 'invalid_config' });
  });
});
