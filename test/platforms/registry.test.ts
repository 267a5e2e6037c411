import { TunewrightError } from '../../src/contract/errors.ts';
import { type Connections, createPlatforms, defaultConnections } from '../../src/platforms/registry.ts';

const env = { OPENAI_API_KEY: 'sk-test' };

function failureOf(connections: Connections, name: string, from: NodeJS.ProcessEnv = env): TunewrightError {
  try {
    createPlatforms(connections, { env: from }).get(name);
  } catch (error) {
    if (error instanceof TunewrightError) return error;
    throw error;
  }
  throw new Error('it was opened');
}

test('a platform is there under its own name without any configuration, opened once', () => {
  const platforms = createPlatforms(defaultConnections, { env });
  expect(platforms.names).toEqual(['openai']);
  const platform = platforms.get('openai');
  expect(platform).toMatchObject({
    name: 'openai',
    simulated: false,
    minimumExamples: 10,
    capabilities: { pause: true, listLagMs: 45_000, modelReadyMs: 1_800_000 },
  });
  expect(platform.jobUrl('ftjob-1')).toBe('https://platform.openai.com/finetune/ftjob-1');
  expect(platforms.get('openai')).toBe(platform);
});

test('a connection has settings of its own', () => {
  const connections = {
    mine: {
      platform: 'openai',
      baseURL: 'http://127.0.0.1:9/v1',
      apiKeyEnv: 'MY_KEY',
      simulated: true,
      listLagSeconds: 2,
      catalogue: { limits: { minimumExamples: 3 } },
    },
  };
  expect(createPlatforms(connections, { env: { MY_KEY: 'k' } }).get('mine')).toMatchObject({
    simulated: true,
    minimumExamples: 3,
    capabilities: { listLagMs: 2_000 },
  });
});

test.each(['nowhere', 'constructor', ''])('the connection "%s" is not known', (name) => {
  expect(failureOf({ one: { platform: 'openai' }, two: { platform: 'openai' } }, name)).toMatchObject({
    code: 'unknown_connection',
    message: `There is no connection "${name}".`,
    advice: 'Use one of one, two, or add it to tunewright.json.',
    retry: 'never',
  });
});

test('a platform that is not known is named with those that are', () => {
  expect(failureOf({ here: { platform: 'openia' } }, 'here')).toMatchObject({
    code: 'invalid_config',
    message: 'The connection "here" names an unknown platform "openia".',
    advice: 'Known platforms: openai, azure, huggingface, sagemaker.',
  });
});

test('settings that are not valid are named one by one', () => {
  const failure = failureOf(
    { here: { platform: 'openai', baseURL: 'nonsense', timeoutSeconds: 0, apikey: 'sk-test' } },
    'here',
  );
  expect(failure).toMatchObject({
    code: 'invalid_config',
    advice: 'Mend it in tunewright.json; docs/configuration.md lists the fields.',
  });
  expect(failure.message.split('\n')).toEqual([
    'The connection "here" is not valid:',
    expect.stringContaining('baseURL: '),
    expect.stringContaining('timeoutSeconds: '),
    expect.stringContaining('apikey'),
  ]);
  expect(failure.message).not.toContain('sk-test');
});

test.each([{}, { MY_KEY: '' }])('a key that is missing in %j is named by its variable', (from) => {
  expect(failureOf({ here: { platform: 'openai', apiKeyEnv: 'MY_KEY' } }, 'here', from)).toMatchObject({
    code: 'missing_key',
    message: 'The environment variable MY_KEY is not set.',
    advice: "Set MY_KEY where the worker runs, or name another variable as the connection's apiKeyEnv.",
  });
});

test('a connection that could not be opened is opened when what it lacked is there', () => {
  const late: NodeJS.ProcessEnv = {};
  const platforms = createPlatforms(defaultConnections, { env: late });
  expect(() => platforms.get('openai')).toThrow('The environment variable OPENAI_API_KEY is not set.');
  late.OPENAI_API_KEY = 'sk-test';
  expect(platforms.get('openai').name).toBe('openai');
});

describe('a key is never told', () => {
  const azure = {
    platform: 'azure',
    endpoint: 'https://mine.openai.azure.com',
    management: { subscription: 's', resourceGroup: 'g', account: 'a' },
  };

  test.each([
    ['a line break', 'sk-one\nsk-two'],
    ['a space', 'sk-one sk-two'],
    ['typographic quotes', '“sk-one”'],
    ['a control character', 'sk-one\u0001'],
  ])('one with %s is refused before it is sent', (_what, key) => {
    for (const [connection, variable] of [
      [{ platform: 'openai' }, 'OPENAI_API_KEY'],
      [azure, 'AZURE_OPENAI_API_KEY'],
    ] as const) {
      const failure = failureOf({ here: connection }, 'here', { [variable]: key });
      expect(failure).toMatchObject({
        code: 'wrong_key',
        message: `The environment variable ${variable} holds no key alone.`,
      });
      expect(`${failure.message} ${failure.advice}`).not.toContain('sk-one');
    }
  });

  test('white space around it, as a file has at its end, does no harm', () => {
    const platforms = createPlatforms(defaultConnections, { env: { OPENAI_API_KEY: 'sk-test\n' } });
    expect(platforms.get('openai').name).toBe('openai');
  });

  test.each([
    [{ platform: 'openai', apiKeyEnv: 'sk-proj-secret' }, 'apiKeyEnv: is no name of an environment variable'],
    [{ platform: 'openai', webhookSecretEnv: 'whsec_secret+/=' }, 'webhookSecretEnv: is no name of an environment'],
    [{ platform: 'openai', apiKeyEnv: 'hf_secret' }, 'apiKeyEnv: is no name of an environment variable, in capitals'],
    [{ ...azure, apiKeyEnv: '0secret' }, 'apiKeyEnv: is no name of an environment variable'],
    [{ platform: 'openai', baseURL: 'https://me:secret@proxy.example/v1' }, 'baseURL: holds a user or a password'],
    [{ platform: 'openai', headers: { 'x-proxy': 'secret\nsecret' } }, 'headers.x-proxy: cannot be sent in a header'],
  ])('in a connection it is refused: %j', (connection, says) => {
    const failure = failureOf({ here: connection }, 'here');
    expect(failure.code).toBe('invalid_config');
    expect(failure.message).toContain(says);
    expect(failure.message).not.toContain('secret');
  });
});
